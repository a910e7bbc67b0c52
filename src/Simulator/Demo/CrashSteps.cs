using NovaNetBus.Contracts;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Vms;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>The worker of host-a is killed without warning, in the middle of its work and of everybody's traffic.</summary>
internal sealed class CrashSteps(Stage stage)
{
    private const string Host = "host-a";
    private const int InTheMiddle = 8;
    private readonly List<HostNetworkConfigured> _configured = [];

    public async Task<Proof> TrafficGoesOnAndNothingIsLostAsync(CancellationToken ct)
    {
        await using var across = Ping.Start(stage.Vm("red-1").Vm.Namespace, stage.Vm("blue-2").Vm.Address);
        await using var outside = Ping.Start(stage.Vm("red-2").Vm.Namespace, WorldPlan.OutsideAddress);
        var asked = Enumerable.Range(0, InTheMiddle).Select(i => new InstanceSpawning(Guid.NewGuid(), "red", Host, $"midst-{i}")).ToList();
        var answers = asked.Select(s => stage.Compute.SpawnAsync(s, Stage.Bound, ct)).ToList();
        // The first answer tells that the others are at work.
        await Task.WhenAny(answers);
        await stage.Programs.WorkerOf(Host).KillAsync(ct);
        var unanswered = answers.Count(a => !a.IsCompleted);

        var order = new VmOrder("late", Host, "blue", null, null);
        var spawning = VmRunner.Spawning(order);
        var late = stage.Compute.SpawnAsync(spawning, Stage.Bound, ct);
        var waiting = await WaitingAsync(ct);
        var renewed = await stage.RenewAsync("blue-1", ct);

        stage.Programs.StartWorker(Host);
        await stage.Programs.WaitForWorkerAsync(Host, ct);
        _configured.AddRange(await Task.WhenAll(answers));
        var vm = await stage.PlugAsync(order, spawning, await late, ct);
        var (acrossCount, outsideCount) = (await across.StopAsync(ct), await outside.StopAsync(ct));
        var distinct = _configured.Select(c => c.Vifs[0].Address).Append(vm.Vm.Address).Distinct().Count();
        return new Proof(
            acrossCount is { Lost: 0, Received: > 0 } && outsideCount is { Lost: 0, Received: > 0 } && waiting > 0 && distinct == InTheMiddle + 1,
            $"{acrossCount} pings to the other host and {outsideCount} to the outside came back; {unanswered} of {InTheMiddle} spawnings were unanswered at kill -9, all were configured with addresses of their own; "
            + $"{waiting} messages waited in {Wire.WorkerQueue(Host)}; one spawned meanwhile has {vm.Vm.Address}; blue-1 renewed {renewed.Address} without the worker");
    }

    /// <summary>The instances of the step before had no VM: their deletion leaves the rules as they were.</summary>
    public async Task<Proof> AllIsTakenBackAsync(CancellationToken ct)
    {
        await stage.StopVmAsync("late", ct);
        await Task.WhenAll(_configured.Select(c => stage.Compute.DeleteAsync(new InstanceDeleted(c.InstanceId, Host), Stage.Bound, ct)));
        var rules = await Stage.RulesOfAsync(Host, ct);
        var left = _configured.Count(c => rules.Any(word => word.Contains(c.Vifs[0].PortName, StringComparison.Ordinal) || word.Contains(c.Vifs[0].MacAddress, StringComparison.Ordinal)));
        var counts = (await stage.Operator.NetworkAsync(Stage.Label, ct)).Addresses;
        return new Proof(
            _configured.Count > 0 && left == 0 && counts.Allocated == stage.Names.Count,
            $"{_configured.Count + 1} instances deleted; {left} of them still in {Host}'s rules; {counts.Allocated} addresses allocated for {stage.Names.Count} VMs");
    }

    private async Task<uint> WaitingAsync(CancellationToken ct)
    {
        await using var connection = await DemoQueues.ConnectAsync(stage.Broker, ct);
        uint waiting = 0;
        await Wait.UntilAsync(
            async () => (waiting = (await DemoQueues.FindAsync(connection, Wire.WorkerQueue(Host), ct))?.MessageCount ?? 0) > 0, Stage.Bound, ct);
        return waiting;
    }
}
