using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo.Stories;

/// <summary>VlanManager with network hosts for the VMs of two others: each project's network has one of them.</summary>
internal sealed class VlanSingle : IStory
{
    public Staging Staging { get; } = new(
        WorldLayout.PairAndNetworkHosts, ["--network-manager", "VlanManager", "--multi-host", "false", "--vlan-interface", "eth1"], []);

    public IEnumerable<(string Name, Func<Task<Proof>> Step)> Steps(IReadOnlyList<Stage> stages, CancellationToken ct)
    {
        var stage = stages[0];
        var vlans = new VlanSteps(stage);
        var addresses = new AddressSteps(stage);
        var traffic = new TrafficSteps(stage);
        var hosts = new NetworkHostSteps(stage, "br100", VlanSteps.FirstLabel, "red-2");
        yield return ("the hosts of the VMs are to serve no network", () => hosts.ComputeHostsServeNoneAsync(ct));
        yield return ("two networks with VLANs are created", () => vlans.NetworksAreMadeAsync(multiHost: false, ct));
        yield return ("six VMs of two projects start on two hosts", () => addresses.VmsStartAsync(ct));
        yield return ("who serves red's network, and why", () => hosts.HostsExplainAsync(ct));
        yield return ("addresses allocated are the addresses leased", () => addresses.AllocatedIsLeasedAsync(ct));
        yield return ("VM to VM of a project on one host", () => traffic.OnOneHostAsync(ct));
        yield return ("VM to VM of a project across hosts", () => traffic.AcrossHostsAsync(ct));
        yield return ("each project's frames have its tag on the trunk", () => vlans.TagsAreOnTheTrunkAsync(ct));
        yield return ("another project is reached neither on one host nor across", () => vlans.ProjectsAreApartAsync(ct));
        yield return ("VM to outside leaves by its network host's address", () => traffic.OutsideSeesTheHostAsync(ct));
        yield return ("red's network host is drained: the other takes over", () => hosts.DrainedWhilePingsRunAsync("red-1", ct));
        yield return ("a VM renews its lease with the new network host", () => hosts.LeasesAreTheSameAsync(ct));
    }
}
