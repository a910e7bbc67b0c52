using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo.Stories;

/// <summary>FlatDHCPManager on two machines that are all in one each: without flat_interface, on one wire outside.</summary>
internal sealed class FlatDhcpAllInOne : IStory
{
    public Staging Staging { get; } = new(WorldLayout.Apart, ["--network-manager", "FlatDHCPManager", "--multi-host", "true"], ["--flat-network-bridge", "br100"]) { EachHostAlone = true };

    public IEnumerable<(string Name, Func<Task<Proof>> Step)> Steps(IReadOnlyList<Stage> stages, CancellationToken ct)
    {
        var machines = new AllInOneSteps(stages, "br100");
        yield return ("each machine makes the same network, on no NIC", () => machines.SameNetworkOnBothAsync(ct));
        yield return ("VMs with the same addresses start on both; nothing of it is on the wire", () => machines.VmsWithTheSameAddressesAsync(ct));
        yield return ("the bridge has VMs, and no NIC", () => machines.BridgesHaveNoNicAsync(ct));
        yield return ("VM to VM on each machine", () => machines.NeighboursAreTheOwnAsync(ct));
        yield return ("VM to outside leaves by its machine's address", () => machines.LeaveByTheirOwnMachineAsync(ct));
        yield return ("eth0 keeps its address", () => machines.PublicNicsAreAsTheyWereAsync(ct));
        yield return ("eth0 as a bridge's NIC is refused", () => machines.TheIncidentIsRefusedAsync(ct));
        yield return ("eth0 still has its address", () => machines.PublicNicsAreAsTheyWereAsync(ct));
    }
}
