using System.CommandLine;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>host</c>: the hosts' workers.</summary>
internal static class HostCommands
{
    private static readonly Column<HostRow>[] Columns =
    [
        new("HOST", row => Printable.Of(row.Host)),
        new("ALIVE", row => row.Alive ? "yes" : "no"),
        new("LAST SEEN", row => Printable.Of(row.LastSeen), Rank: 2),
        new("ROLE", row => Printable.Of(row.Role), Rank: 3),
        new("PORTS", row => Printable.Of(row.Ports), Rank: 1),
        new("DRIFT", row => Printable.Of(row.Drift), Rank: 1),
        new("VERSION", row => Printable.Of(row.Version), Rank: 4),
        new("NETWORKS", row => Printable.Of(string.Join(", ", row.Networks)), Rank: 5),
    ];

    /// <summary>list.</summary>
    public static Command Group(Conversation conversation) => new("host", "List hosts") { List(conversation) };

    private static AdminCommand List(Conversation conversation) =>
        new("host list", "List the hosts whose workers have reported", conversation, WriteList)
        {
            Examples = ["novanet host list", "novanet host list --output json"],
        };

    private static void WriteList(Streams streams, JsonElement result) =>
        Table.Write(streams, Result.Rows(result, AdminJson.Default.HostRowArray), Columns, "No hosts.");
}
