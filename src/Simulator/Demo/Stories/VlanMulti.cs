using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo.Stories;

/// <summary>VlanManager, multi_host: two projects on a trunk between two hosts.</summary>
internal sealed class VlanMulti : IStory
{
    public Staging Staging { get; } = new(WorldLayout.Pair, ["--network-manager", "VlanManager", "--multi-host", "true", "--vlan-interface", "eth1"], []);

    public IEnumerable<(string Name, Func<Task<Proof>> Step)> Steps(IReadOnlyList<Stage> stages, CancellationToken ct)
    {
        var stage = stages[0];
        var vlans = new VlanSteps(stage);
        var addresses = new AddressSteps(stage);
        var traffic = new TrafficSteps(stage);
        yield return ("two networks with VLANs are created", () => vlans.NetworksAreMadeAsync(multiHost: true, ct));
        yield return ("six VMs of two projects start on two hosts", () => addresses.VmsStartAsync(ct));
        yield return ("each project has a VLAN, a bridge and a subnet of its own", () => vlans.ProjectsHaveTheirOwnAsync(ct));
        yield return ("addresses allocated are the addresses leased", () => addresses.AllocatedIsLeasedAsync(ct));
        yield return ("VM to VM of a project on one host", () => traffic.OnOneHostAsync(ct));
        yield return ("VM to VM of a project across hosts", () => traffic.AcrossHostsAsync(ct));
        yield return ("each project's frames have its tag on the trunk", () => vlans.TagsAreOnTheTrunkAsync(ct));
        yield return ("another project is reached neither on one host nor across", () => vlans.ProjectsAreApartAsync(ct));
        yield return ("VM to outside leaves by its host's address", () => traffic.OutsideSeesTheHostAsync(ct));
        yield return ("a project is reached through its VPN instance", () => vlans.VpnInstanceIsReachedAsync(ct));
    }
}
