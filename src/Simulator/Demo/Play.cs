using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>The whole story on two hosts, from nothing to nothing.</summary>
/// <param name="bin">Folder of the four programs.</param>
/// <param name="logs">Folder for their output.</param>
internal sealed class Play(StateDirectory state, string bin, string logs, StepLog log)
{
    /// <returns>Whether every step held.</returns>
    public async Task<bool> RunAsync(Connections connections, bool keep, CancellationToken ct)
    {
        try
        {
            await PlayAsync(connections, ct);
        }
        finally
        {
            if (!keep)
            {
                await log.TakeAsync("nothing is left behind", () => LeaveAsync(CancellationToken.None), CancellationToken.None);
            }
        }

        return log.Report.Passed;
    }

    private async Task PlayAsync(Connections connections, CancellationToken ct)
    {
        DemoState? made = null;
        if (!await log.TakeAsync("two hosts and an outside are laid out", LayOutAsync, ct))
        {
            return;
        }

        await using var stage = new Stage(state, bin, logs, made!);
        if (await log.TakeAsync("scheduler and workers start and are ready", () => StartProgramsAsync(stage, ct), ct))
        {
            foreach (var (name, step) in Steps(stage, ct))
            {
                await log.TakeAsync(name, step, ct);
            }
        }

        async Task<Proof> LayOutAsync()
        {
            made = await DemoSetup.UpAsync(state, connections, ct);
            return new Proof(true, $"{string.Join(", ", WorldPlan.Namespaces)}; a fresh database; broker and database are reached on each host's own loopback");
        }
    }

    private static IEnumerable<(string Name, Func<Task<Proof>> Step)> Steps(Stage stage, CancellationToken ct)
    {
        var addresses = new AddressSteps(stage);
        var traffic = new TrafficSteps(stage);
        var metadata = new MetadataSteps(stage);
        var impostors = new ImpostorSteps(stage);
        var floating = new FloatingSteps(stage);
        var crash = new CrashSteps(stage);
        yield return ("a network is created", () => addresses.NetworkIsMadeAsync(ct));
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

    private static async Task<Proof> StartProgramsAsync(Stage stage, CancellationToken ct)
    {
        stage.Programs.StartScheduler();
        foreach (var host in WorldPlan.Hosts)
        {
            stage.Programs.StartWorker(host);
        }

        await stage.Programs.WaitForSchedulerAsync(ct);
        foreach (var host in WorldPlan.Hosts)
        {
            await stage.Programs.WaitForWorkerAsync(host, ct);
        }

        await stage.ConnectAsync(ct);
        var hosts = await stage.Operator.HostsAsync(ct);
        return new Proof(
            WorldPlan.Hosts.All(h => hosts.Any(row => row.Host == h && row.Alive)),
            "novanet host list: " + string.Join(", ", hosts.Select(h => $"{h.Host} {(h.Alive ? "alive" : "not alive")}")));
    }

    private async Task<Proof> LeaveAsync(CancellationToken ct)
    {
        var leftovers = await Leftovers.CollectAsync(state, ct);
        await DemoSetup.DownAsync(state, ct);
        return await leftovers.CheckAsync(ct);
    }
}
