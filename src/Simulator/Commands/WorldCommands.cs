using System.CommandLine;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Commands;

/// <summary><c>world up|down</c>.</summary>
internal static class WorldCommands
{
    public static Command Create()
    {
        var world = new Command("world", "The demo's world of network namespaces (root).") { CommonOptions.State };
        world.Add(Up());
        world.Add(Down());
        return world;
    }

    private static Command Up()
    {
        var up = new Command("up", "Lays two hosts, the link between them and the segment outside; the hosts reach broker and database.");
        up.SetAction(async (parsed, ct) =>
        {
            await new World(CommonOptions.StateOf(parsed)).UpAsync(WorldLayout.Pair, Connections.FromEnvironment(), ct);
            foreach (var name in WorldLayout.Pair.Namespaces)
            {
                Console.Out.WriteLine(name);
            }

            return ExitCodes.Done;
        });
        return up;
    }

    private static Command Down()
    {
        var down = new Command("down", "Takes away what up and vm start made, and what runs in it.");
        down.SetAction(async (parsed, ct) =>
        {
            await new World(CommonOptions.StateOf(parsed)).DownAsync(ct);
            return ExitCodes.Done;
        });
        return down;
    }
}
