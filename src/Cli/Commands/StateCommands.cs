using System.CommandLine;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>state</c>: the world as it was.</summary>
internal static class StateCommands
{
    /// <summary>show.</summary>
    public static Command Group(Conversation conversation) => new("state", "Show the world as it was at a time")
    {
        new AdminCommand(
            "state show", "Show all networks, addresses in use and instances of a time", conversation, Write,
            "novanet state show --at 2026-11-23T12:00:00Z", "novanet state show --at 2h --output json")
        {
            Arguments.Time("--at", "When; when left out, now", conversation.Surroundings.Clock),
        },
    };

    private static void Write(Streams streams, JsonElement result)
    {
        var state = result.Deserialize(AdminJson.Default.WorldState)!;
        Details.Write(streams, [("at", Printable.Of(state.At)), ("last event", Printable.Of(state.Sequence))]);
        Write(streams, "Networks", state.Networks, NetworkCommands.Columns);
        Write(streams, "Fixed addresses in use", state.FixedIps, FixedCommands.Columns);
        Write(streams, "Floating addresses in use", state.FloatingIps, FloatingCommands.Columns);
        Write(streams, "Instances", state.Instances, InstanceCommands.Columns);
    }

    private static void Write<T>(Streams streams, string title, IReadOnlyList<T> rows, IReadOnlyList<Column<T>> columns)
    {
        streams.Out.WriteLine();
        streams.Out.WriteLine(rows.Count == 0 ? $"{title}: none" : $"{title}:");
        if (rows.Count > 0)
        {
            Table.Write(streams, rows, columns, title);
        }
    }
}
