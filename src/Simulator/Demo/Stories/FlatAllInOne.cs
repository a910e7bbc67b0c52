using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo.Stories;

/// <summary>FlatManager on two machines that are all in one each: a bridge by hand that leads nowhere, and addresses that are injected.</summary>
internal sealed class FlatAllInOne : IStory
{
    public Staging Staging { get; } = new(WorldLayout.Apart, ["--network-manager", "FlatManager", "--multi-host", "true", "--flat-injected", "true"], []) { EachHostAlone = true };

    public IEnumerable<(string Name, Func<Task<Proof>> Step)> Steps(IReadOnlyList<Stage> stages, CancellationToken ct)
    {
        var machines = new AllInOneSteps(stages, "br100");
        var flat = stages.Select(stage => new FlatSteps(stage)).ToList();
        foreach (var (stage, steps) in stages.Zip(flat))
        {
            yield return ($"the operator of {stage.Hosts[0]} makes a bridge, by hand", () => steps.BridgesAreMadeByHandAsync(null, ct));
        }

        yield return ("each machine makes the same network", () => machines.SameNetworkOnBothAsync(ct, "--bridge", "br100"));
        yield return ("VMs with the same addresses start on both; nothing of it is on the wire", () => machines.VmsWithTheSameAddressesAsync(ct));
        yield return ("a VM is set up by the file that is injected into it", () => flat[0].FileIsInjectedAsync("a-1", ct));
        yield return ("another one with the same address on the other machine", () => flat[1].FileIsInjectedAsync("b-1", ct));
        yield return ("VM to VM on each machine", () => machines.NeighboursAreTheOwnAsync(ct));
        foreach (var (stage, steps) in stages.Zip(flat))
        {
            yield return ($"nothing on {stage.Hosts[0]} is created or changed", () => steps.HostsAreAsTheyWereAsync(ct));
        }

        yield return ("eth0 keeps its address", () => machines.PublicNicsAreAsTheyWereAsync(ct));
        yield return ("a deleted VM's address is free at once", () => flat[0].DeletedIsFreeAtOnceAsync("host-a", ct));
    }
}
