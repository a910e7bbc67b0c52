using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo.Stories;

/// <summary>FlatManager on two hosts: the operator's own bridges, and addresses that are injected.</summary>
internal sealed class FlatMulti : IStory
{
    public Staging Staging { get; } = new(WorldLayout.Pair, ["--network-manager", "FlatManager", "--multi-host", "true", "--flat-injected", "true"], []);

    public IEnumerable<(string Name, Func<Task<Proof>> Step)> Steps(IReadOnlyList<Stage> stages, CancellationToken ct)
    {
        var stage = stages[0];
        var flat = new FlatSteps(stage);
        var addresses = new AddressSteps(stage);
        var traffic = new TrafficSteps(stage);
        yield return ("the operator makes the bridge on each host, by hand", () => flat.BridgesAreMadeByHandAsync("eth1", ct));
        yield return ("a network is created", () => addresses.NetworkIsMadeAsync(multiHost: true, ct));
        yield return ("six VMs of two projects start on two hosts", () => addresses.VmsStartAsync(ct));
        yield return ("a VM is set up by the file that is injected into it", () => flat.FileIsInjectedAsync("red-1", ct));
        yield return ("nothing on the hosts is created or changed", () => flat.HostsAreAsTheyWereAsync(ct));
        yield return ("VM to VM on one host", () => traffic.OnOneHostAsync(ct));
        yield return ("VM to VM across hosts", () => traffic.AcrossHostsAsync(ct));
        yield return ("the same message again changes nothing", () => addresses.SameMessageAgainAsync(ct));
        yield return ("a deleted VM's address is free at once", () => flat.DeletedIsFreeAtOnceAsync("host-a", ct));
        yield return ("the worker is killed: traffic goes on, nothing is lost", () => flat.TrafficNeedsNoWorkerAsync("host-a", "red-1", "red-3", ct));
        yield return ("the hosts are still as they were", () => flat.HostsAreAsTheyWereAsync(ct));
    }
}
