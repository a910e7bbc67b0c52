using System.CommandLine;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>fixed</c>: fixed addresses.</summary>
internal static class FixedCommands
{
    private static readonly Column<FixedIpRow>[] Columns =
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

    /// <summary>list.</summary>
    public static Command Group(Conversation conversation) => new("fixed", "List fixed addresses") { List(conversation) };

    private static AdminCommand List(Conversation conversation)
    {
        var list = new AdminCommand("fixed list", "List the fixed addresses and who holds them", conversation, WriteList)
        {
            Examples = ["novanet fixed list --host compute-1", "novanet fixed list --network private --project demo --output json"],
        };
        list.Add(Arguments.Text("--host", "HOST", "Only those of this host"));
        list.Add(Arguments.Text("--network", "NETWORK", "Only those of this network: id, label or CIDR"));
        list.Add(Arguments.Text("--project", "PROJECT", "Only those of this project"));
        return list;
    }

    private static void WriteList(Streams streams, JsonElement result) =>
        Table.Write(streams, Result.Rows(result, AdminJson.Default.FixedIpRowArray), Columns, "No fixed addresses.");
}
