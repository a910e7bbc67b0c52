using System.CommandLine;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>db</c>, for scripts that still call <c>nova-manage db sync</c>; help does not show it.</summary>
internal static class DbCommands
{
    /// <summary>sync.</summary>
    public static Command Group(Conversation conversation)
    {
        var sync = new Verb("sync", "Make the tables: nothing is left to do", "novanet db sync");
        sync.SetAction(_ => conversation.Surroundings.Streams.Out.WriteLine("Nothing to do: each program makes the tables that it needs when it starts."));
        return new Command("db", "What nova-manage needed to make its tables") { sync };
    }
}
