using System.CommandLine;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>instance</c>: what instances have been given.</summary>
internal static class InstanceCommands
{
    /// <summary>Of instances, wherever they are listed.</summary>
    public static readonly Column<InstanceRow>[] Columns =
    [
        new("INSTANCE", row => row.InstanceId.ToString()),
        new("STATE", row => Printable.Of(row.State)),
        new("HOST", row => Printable.Of(row.Host), Rank: 1),
        new("ADDRESSES", AddressesOf, Rank: 2),
        new("PROJECT", row => Printable.Of(row.ProjectId), Rank: 3),
        new("HOSTNAME", row => Printable.Of(row.Hostname), Rank: 4),
        new("CODE", row => Printable.Of(row.Code), Rank: 5),
        new("CHANGED", row => Printable.Of(row.ChangedAt), Rank: 6),
    ];

    private static readonly Column<Vif>[] VifColumns =
    [
        new("PORT", vif => Printable.Of(vif.PortName)),
        new("ADDRESS", vif => Printable.Of($"{vif.Address}/{vif.PrefixLength}")),
        new("MAC ADDRESS", vif => Printable.Of(vif.MacAddress), Rank: 1),
        new("NETWORK", vif => Printable.Of(vif.Label), Rank: 2),
        new("BRIDGE", vif => Printable.Of(vif.Bridge), Rank: 4),
        new("VLAN", vif => Printable.Of(vif.Vlan), Rank: 5),
        new("GATEWAY", vif => Printable.Of(vif.Gateway), Rank: 3),
        new("FLOATING", vif => Printable.Of(string.Join(", ", vif.FloatingIps)), Rank: 3),
        new("MTU", vif => Printable.Of(vif.Mtu), Rank: 6),
    ];

    /// <summary>list and show.</summary>
    public static Command Group(Conversation conversation) => new("instance", "List and show instances")
    {
        new AdminCommand(
            "instance list", "List the instances and how far their networks have come", conversation,
            Result.Table(json => json.InstanceRowArray, Columns, "No instances."),
            "novanet instance list", "novanet instance list --output json"),
        new AdminCommand(
            "instance show", "Show one instance with its NICs, or why it has none", conversation, WriteDetails,
            "novanet instance show 6f1e0c7e-2f0b-4c4e-9d6b-1a2b3c4d5e6f")
        {
            Arguments.Word("ID", "UUID of the instance"),
        },
    };

    private static void WriteDetails(Streams streams, JsonElement result)
    {
        foreach (var row in Result.Rows(result, AdminJson.Default.InstanceRowArray))
        {
            Details.Write(streams, Lines(row));
            Table.Write(streams, row.Configured?.Vifs ?? [], VifColumns, "No NICs.");
        }
    }

    private static List<(string Name, string Value)> Lines(InstanceRow row) =>
    [
        ("instance", row.InstanceId.ToString()),
        ("state", Printable.Of(row.State)),
        ("project", Printable.Of(row.ProjectId)),
        ("host", Printable.Of(row.Host)),
        ("network host", Printable.Of(row.Configured?.NetworkHost)),
        ("hostname", Printable.Of(row.Hostname)),
        ("generation", Printable.Of(row.Generation)),
        ("changed", Printable.Of(row.ChangedAt)),
        .. row.Code is null ? [] : new[] { ("failure", $"{Printable.Of(row.Code)}: {Printable.Of(row.Message)}") },
    ];

    private static string AddressesOf(InstanceRow row) =>
        Printable.Of(string.Join(", ", (row.Configured?.Vifs ?? []).Select(vif => vif.Address)));
}
