using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>What a story is played on.</summary>
/// <param name="Layout">Its hosts.</param>
/// <param name="Options">Of the scheduler and of all workers.</param>
/// <param name="WorkerOptions">Of all workers beyond these.</param>
internal sealed record Staging(WorldLayout Layout, IReadOnlyList<string> Options, IReadOnlyList<string> WorkerOptions)
{
    /// <summary>FlatDHCPManager on two hosts, each the network host of its own VMs.</summary>
    public static Staging FlatDhcpOnEachHost { get; } = new(
        WorldLayout.Pair, ["--network-manager", "FlatDHCPManager", "--multi-host", "true"], ["--flat-interface", "eth1", "--flat-network-bridge", "br100"]);

    /// <summary>Each host is a region of its own, with a scheduler, and knows nothing of the others.</summary>
    public bool EachHostAlone { get; init; }

    /// <summary>The broker and database of each region.</summary>
    /// <exception cref="SimulatorException">There are not enough.</exception>
    public IReadOnlyList<Site> Sites(IReadOnlyList<Connections> connections)
    {
        if (!EachHostAlone)
        {
            return [new Site(connections[0], Layout.Hosts, null)];
        }

        return connections.Count >= Layout.Hosts.Count
            ? [.. Layout.Hosts.Zip(connections, (host, own) => new Site(own, [host], host))]
            : throw new SimulatorException($"Each of {string.Join(", ", Layout.Hosts)} needs a broker of its own: give further ones with --further-broker.");
    }
}

/// <summary>Where a region's broker and database server are.</summary>
/// <param name="Hosts">Those that have a worker.</param>
/// <param name="SchedulerAt">The host that the scheduler runs on; null: beside the broker.</param>
internal sealed record Site(Connections Connections, IReadOnlyList<string> Hosts, string? SchedulerAt);
