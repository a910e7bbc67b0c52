using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo.Stories;

/// <summary>VlanManager on two machines that are all in one each: the VLANs are on a NIC that leads nowhere.</summary>
internal sealed class VlanAllInOne : IStory
{
    public Staging Staging { get; } = new(WorldLayout.Apart, ["--network-manager", "VlanManager", "--multi-host", "true"], []) { EachHostAlone = true };

    public IEnumerable<(string Name, Func<Task<Proof>> Step)> Steps(IReadOnlyList<Stage> stages, CancellationToken ct)
    {
        var machines = new AllInOneSteps(stages, "br100", "vlan100");
        yield return ("each machine has a NIC for its VLANs that leads nowhere", () => machines.NicsThatLeadNowhereAsync("eth1", ct));
        yield return ("each machine makes the same network, with the same VLAN", () => machines.SameNetworkOnBothAsync(ct, "--bridge-interface", "eth1", "--project", "red"));
        yield return ("VMs with the same addresses start on both; nothing of it is on the wire", () => machines.VmsWithTheSameAddressesAsync(ct));
        yield return ("the bridge has VMs and the VLAN, and no NIC", () => machines.BridgesHaveNoNicAsync(ct));
        yield return ("VM to VM on each machine", () => machines.NeighboursAreTheOwnAsync(ct));
        yield return ("VM to outside leaves by its machine's address", () => machines.LeaveByTheirOwnMachineAsync(ct));
        yield return ("eth0 keeps its address", () => machines.PublicNicsAreAsTheyWereAsync(ct));
    }
}
