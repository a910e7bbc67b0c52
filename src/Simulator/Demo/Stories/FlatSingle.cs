using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo.Stories;

/// <summary>FlatManager without multi_host: the way out is a router that the operator made, on a host of its own.</summary>
internal sealed class FlatSingle : IStory
{
    public Staging Staging { get; } = new(
        WorldLayout.PairAndNetworkHosts, ["--network-manager", "FlatManager", "--multi-host", "false", "--flat-injected", "true"], []);

    public IEnumerable<(string Name, Func<Task<Proof>> Step)> Steps(IReadOnlyList<Stage> stages, CancellationToken ct)
    {
        var stage = stages[0];
        var flat = new FlatSteps(stage);
        var addresses = new AddressSteps(stage);
        var traffic = new TrafficSteps(stage);
        yield return ("the operator makes the bridge on each host, and a router on net-1, by hand", () => flat.BridgesAndRouterAreMadeByHandAsync("eth1", "net-1", ct));
        yield return ("a network is created", () => addresses.NetworkIsMadeAsync(multiHost: false, ct));
        yield return ("six VMs of two projects start on two hosts", () => addresses.VmsStartAsync(ct));
        yield return ("a VM is set up by the file that is injected into it", () => flat.FileIsInjectedAsync("red-1", ct));
        yield return ("VM to VM on one host", () => traffic.OnOneHostAsync(ct));
        yield return ("VM to VM across hosts", () => traffic.AcrossHostsAsync(ct));
        yield return ("VM to outside leaves by the operator's router", () => flat.LeaveByTheRouterAsync("red-1", "net-1", ct));
        yield return ("the router's host loses its worker: nobody notices", () => flat.TrafficNeedsNoNetworkHostAsync("red-1", "net-1", ct));
        yield return ("nothing on the hosts is created or changed", () => flat.HostsAreAsTheyWereAsync(ct));
        yield return ("a deleted VM's address is free at once", () => flat.DeletedIsFreeAtOnceAsync("host-a", ct));
    }
}
