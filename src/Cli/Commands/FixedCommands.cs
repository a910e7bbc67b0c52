using System.CommandLine;
using NovaNetBus.Cli.Output;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>fixed</c>: fixed addresses.</summary>
internal static class FixedCommands
{
    /// <summary>Of fixed addresses, wherever they are listed.</summary>
    public static readonly Column<FixedIpRow>[] Columns =
    [
        new("ADDRESS", row => Printable.Of(row.Address)),
        new("STATE", row => Printable.Of(row.State)),
        new("PROJECT", row => Printable.Of(row.ProjectId), Rank: 2),
        new("HOST", row => Printable.Of(row.Host), Rank: 1),
        new("INSTANCE", row => Printable.Of(row.InstanceId?.ToString()), Rank: 3),
        new("HOSTNAME", row => Printable.Of(row.Hostname), Rank: 4),
        new("MAC ADDRESS", row => Printable.Of(row.MacAddress), Rank: 5),
        new("CHANGED", row => Printable.Of(row.ChangedAt), Rank: 6),
        new("NETWORK", row => row.NetworkId.ToString(), Rank: 7),
    ];

    /// <summary>list, reserve and unreserve.</summary>
    public static Command Group(Conversation conversation) => new("fixed", "List fixed addresses, keep some from being given away")
    {
        new AdminCommand(
            "fixed list", "List the fixed addresses and who holds them", conversation, Result.Table(json => json.FixedIpRowArray, Columns, "No fixed addresses."),
            "novanet fixed list --host compute-1", "novanet fixed list --network private --project demo --output json")
        {
            Arguments.Text("--host", "HOST", "Only those of this host"),
            Arguments.Text("--network", "NETWORK", "Only those of this network: id, label or CIDR"),
            Arguments.Text("--project", "PROJECT", "Only those of this project"),
        },
        Marked("reserve", "Keep a free address from being given to an instance", conversation),
        Marked("unreserve", "Let a reserved address be given to instances again", conversation),
    };

    private static AdminCommand Marked(string name, string description, Conversation conversation) =>
        new("fixed " + name, description, conversation, Result.Table(json => json.FixedIpRowArray, Columns, "Done."), $"novanet fixed {name} 10.0.0.9")
        {
            Arguments.Word("IP", "The fixed address"),
        };
}
