using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo.Stories;

/// <summary>FlatDHCPManager with one network host for the VMs of two others, and a second that takes over.</summary>
internal sealed class FlatDhcpSingle : IStory
{
    public Staging Staging { get; } = new(
        WorldLayout.PairAndNetworkHosts, ["--network-manager", "FlatDHCPManager", "--multi-host", "false"], ["--flat-interface", "eth1", "--flat-network-bridge", "br100"]);

    public IEnumerable<(string Name, Func<Task<Proof>> Step)> Steps(IReadOnlyList<Stage> stages, CancellationToken ct)
    {
        var stage = stages[0];
        var addresses = new AddressSteps(stage);
        var traffic = new TrafficSteps(stage);
        var hosts = new NetworkHostSteps(stage, "br100");
        yield return ("the hosts of the VMs are to serve no network", () => hosts.ComputeHostsServeNoneAsync(ct));
        yield return ("a network is created", () => addresses.NetworkIsMadeAsync(multiHost: false, ct, "--bridge-interface", "eth1"));
        yield return ("six VMs of two projects start on two hosts", () => addresses.VmsStartAsync(ct));
        yield return ("who serves the network, and why", () => hosts.HostsExplainAsync(ct));
        yield return ("the hosts of the VMs bridge, and no more", () => hosts.ComputeHostsOnlyBridgeAsync(ct));
        yield return ("addresses allocated are the addresses leased", () => addresses.AllocatedIsLeasedAsync(ct));
        yield return ("VM to VM on one host", () => traffic.OnOneHostAsync(ct));
        yield return ("VM to VM across hosts", () => traffic.AcrossHostsAsync(ct));
        yield return ("VM to outside leaves by the network host's address", () => traffic.OutsideSeesTheHostAsync(ct));
        yield return ("the network host is drained: the other takes over", () => hosts.DrainedWhilePingsRunAsync("red-1", ct));
        yield return ("a VM renews its lease with the new network host", () => hosts.LeasesAreTheSameAsync(ct));
        yield return ("the network host's worker is killed: the other takes over", () => hosts.KilledWhilePingsRunAsync("red-1", ct));
        yield return ("the leases are the same once more", () => hosts.LeasesAreTheSameAsync(ct));
        yield return ("the one that comes back lets go", () => hosts.ComesBackAndLetsGoAsync("red-1", ct));
    }
}
