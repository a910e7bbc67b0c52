using System.CommandLine;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>floating</c>: public addresses that instances may be given and lose again.</summary>
internal static class FloatingCommands
{
    /// <summary>Of floating addresses, wherever they are listed.</summary>
    public static readonly Column<FloatingIpRow>[] Columns =
    [
        new("ADDRESS", row => Printable.Of(row.Address)),
        new("POOL", row => Printable.Of(row.Pool), Rank: 3),
        new("PROJECT", row => Printable.Of(row.ProjectId), Rank: 2),
        new("FIXED IP", row => Printable.Of(row.FixedIp)),
        new("HOST", row => Printable.Of(row.Host), Rank: 1),
        new("INSTANCE", row => Printable.Of(row.InstanceId?.ToString()), Rank: 4),
        new("INTERFACE", row => Printable.Of(row.Interface), Rank: 5),
        new("AUTO", row => row.AutoAssigned ? "yes" : "no", Rank: 6),
    ];

    private static readonly Column<FloatingPoolRow>[] PoolColumns =
    [
        new("POOL", row => Printable.Of(row.Pool)),
        new("ADDRESSES", row => Printable.Of(row.Total)),
        new("FREE", row => Printable.Of(row.Free)),
        new("ALLOCATED", row => Printable.Of(row.Allocated), Rank: 1),
        new("ASSOCIATED", row => Printable.Of(row.Associated), Rank: 2),
    ];

    private static readonly Column<FloatingRangeRow>[] RangeColumns =
    [
        new("RANGE", row => Printable.Of(row.IpRange)),
        new("POOL", row => Printable.Of(row.Pool), Rank: 1),
        new("INTERFACE", row => Printable.Of(row.Interface), Rank: 2),
        new("ADDRESSES", row => Printable.Of(row.Addresses)),
    ];

    private static Action<Streams, JsonElement> Addresses => Result.Table(json => json.FloatingIpRowArray, Columns, "No floating addresses.");

    private static Action<Streams, JsonElement> Range => Result.Table(json => json.FloatingRangeRowArray, RangeColumns, "No addresses.");

    /// <summary>All of it.</summary>
    public static Command Group(Conversation conversation) => new("floating", "Create, give and take back floating addresses")
    {
        Create(conversation),
        Delete(conversation),
        List(conversation),
        new AdminCommand(
            "floating pools", "List the pools and how much of them is free", conversation, Result.Table(json => json.FloatingPoolRowArray, PoolColumns, "No pools."),
            "novanet floating pools"),
        Allocate(conversation),
        Release(conversation),
        Associate(conversation),
        new AdminCommand(
            "floating disassociate", "Take a floating address from its instance; it stays its project's", conversation, Addresses, "novanet floating disassociate 203.0.113.7")
        {
            Arguments.Word("IP", "The floating address"),
        },
    };

    private static AdminCommand Create(Conversation conversation) => new(
        "floating create", "Add an address or a range to a pool", conversation, Range,
        "novanet floating create --ip-range 203.0.113.0/28 --pool public --interface eth0", "novanet floating create --ip_range=203.0.113.99")
    {
        Arguments.Required("--ip-range", "RANGE", "An address, or a CIDR without its network and broadcast address"),
        Arguments.Text("--pool", "POOL", "The pool; when left out, the scheduler's default_floating_pool"),
        Arguments.Text("--interface", "IF", "The NIC that answers for them; when left out, each host's public_interface"),
    };

    private static AdminCommand Delete(Conversation conversation) => new(
        "floating delete", "Remove addresses that nobody has from their pool", conversation, Range, "novanet floating delete --ip-range 203.0.113.0/28")
    {
        Arguments.Required("--ip-range", "RANGE", "An address, or a CIDR"),
    };

    private static AdminCommand List(Conversation conversation) => new(
        "floating list", "List the floating addresses and what they lead to", conversation, Addresses,
        "novanet floating list --host compute-1", "novanet floating list --pool public --project demo --output json")
    {
        Arguments.Text("--host", "HOST", "Only those that answer on this host"),
        Arguments.Text("--pool", "POOL", "Only those of this pool"),
        Arguments.Text("--project", "PROJECT", "Only those of this project"),
    };

    private static AdminCommand Allocate(Conversation conversation) => new(
        "floating allocate", "Give a free address of a pool to a project", conversation, Addresses, "novanet floating allocate --project demo --pool public")
    {
        Arguments.Required("--project", "PROJECT", "Who gets it"),
        Arguments.Text("--pool", "POOL", "The pool; when left out, the scheduler's default_floating_pool"),
    };

    private static AdminCommand Release(Conversation conversation) => new(
        "floating release", "Give a project's address back to its pool", conversation, Addresses, "novanet floating release 203.0.113.7 --project demo")
    {
        Arguments.Word("IP", "The floating address"),
        Arguments.Required("--project", "PROJECT", "Whose it is"),
    };

    private static AdminCommand Associate(Conversation conversation) => new(
        "floating associate", "Let a floating address lead to an instance", conversation, Addresses,
        "novanet floating associate 203.0.113.7 --instance 6f1e0c7e-2f0b-4c4e-9d6b-1a2b3c4d5e6f --fixed 10.0.0.9")
    {
        Arguments.Word("IP", "The floating address"),
        Arguments.Required("--instance", "ID", "UUID of the instance"),
        Arguments.Text("--fixed", "IP", "Its fixed address; when left out, its first"),
    };
}
