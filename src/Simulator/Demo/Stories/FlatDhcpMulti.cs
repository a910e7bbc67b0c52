namespace NovaNetBus.Simulator.Demo.Stories;

/// <summary>FlatDHCPManager, multi_host: the main job, with all that is promised of it.</summary>
internal sealed class FlatDhcpMulti : IStory
{
    public Staging Staging => Staging.FlatDhcpOnEachHost;

    public IEnumerable<(string Name, Func<Task<Proof>> Step)> Steps(IReadOnlyList<Stage> stages, CancellationToken ct)
    {
        var stage = stages[0];
        var addresses = new AddressSteps(stage);
        var traffic = new TrafficSteps(stage);
        var metadata = new MetadataSteps(stage);
        var impostors = new ImpostorSteps(stage);
        var floating = new FloatingSteps(stage);
        var crash = new CrashSteps(stage);
        yield return ("a network is created", () => addresses.NetworkIsMadeAsync(multiHost: true, ct, "--bridge-interface", "eth1"));
        yield return ("six VMs of two projects start on two hosts", () => addresses.VmsStartAsync(ct));
        yield return ("addresses allocated are the addresses leased", () => addresses.AllocatedIsLeasedAsync(ct));
        yield return ("VM to VM on one host", () => traffic.OnOneHostAsync(ct));
        yield return ("VM to VM across hosts", () => traffic.AcrossHostsAsync(ct));
        yield return ("VM to outside leaves by its host's address", () => traffic.OutsideSeesTheHostAsync(ct));
        yield return ("a VM reads who it is from its host", () => metadata.ReadsItselfAsync(ct));
        yield return ("another VM's metadata cannot be had", () => metadata.NotAnothersAsync(ct));
        yield return ("a VM that changes its MAC is cut off, its neighbours are not", () => impostors.ChangedMacAsync(ct));
        yield return ("a VM that changes its address is cut off, its neighbours are not", () => impostors.ChangedAddressAsync(ct));
        yield return ("a VM that answers DHCP is not heard, its neighbours are", () => impostors.FalseDhcpServerAsync(ct));
        yield return ("the same message again changes nothing", () => addresses.SameMessageAgainAsync(ct));
        yield return ("a deleted VM's address, lease and rules are gone", () => addresses.DeleteTakesAllBackAsync(ct));
        yield return ("a floating IP leads in from outside", () => floating.LeadsInAsync(ct));
        yield return ("outside sees its VM as the floating IP", () => floating.LeadsOutAsync(ct));
        yield return ("VMs reach it too: itself, on its host, on the other host", () => floating.LeadsBackInAsync(ct));
        yield return ("a released floating IP answers nobody", () => floating.AnswersNobodyWhenReleasedAsync(ct));
        yield return ("a VM moves to the other host with its fixed and floating IP", () => floating.MovesAlongAsync(ct));
        yield return ("the worker is killed: traffic goes on, nothing is lost", () => crash.TrafficGoesOnAndNothingIsLostAsync(ct));
        yield return ("what was spawned around the crash is taken back", () => crash.AllIsTakenBackAsync(ct));
        yield return ("message published to host-network-configured, alone", () => new SpeedSteps(stage).PublishedToConfiguredAsync(ct));
        yield return ("audit: who held this address some steps ago", () => new AuditSteps(stage).WhoHeldItThenAsync(ct));
        yield return ("audit: a host's rules then and now", () => new AuditSteps(stage).RulesThenAndNowAsync(ct));
    }
}
