using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Vms;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>FlatManager: addresses and a file to inject. All that is on a host is the operator's.</summary>
internal sealed class FlatSteps(Stage stage)
{
    private readonly List<HostPortrait> _before = [];

    /// <param name="nic">What joins the bridge to other hosts; null: nothing.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<Proof> BridgesAreMadeByHandAsync(string? nic, CancellationToken ct)
    {
        foreach (var host in stage.Hosts)
        {
            await OperatorHands.MakeBridgeAsync(host, nic, ct);
            _before.Add(await HostPortrait.OfAsync(host, ct));
        }

        return new Proof(true, $"on {string.Join(", ", stage.Hosts)}: ip link add br100 type bridge{(nic is null ? "; no NIC is in it" : $"; ip link set {nic} master br100")}");
    }

    /// <inheritdoc cref="BridgesAreMadeByHandAsync"/>
    public async Task<Proof> BridgesAndRouterAreMadeByHandAsync(string nic, string router, CancellationToken ct)
    {
        var bridges = await BridgesAreMadeByHandAsync(nic, ct);
        await OperatorHands.MakeRouterAsync(router, "10.0.0.1/24", Stage.Range, ct);
        _before.RemoveAll(portrait => portrait.Host == router);
        _before.Add(await HostPortrait.OfAsync(router, ct));
        return bridges with { Evidence = $"{bridges.Evidence}; on {router}: ip addr add 10.0.0.1/24 dev br100, forwarding, and a masquerade of {Stage.Range} out of eth0" };
    }

    /// <summary>The router is the gateway that the file names.</summary>
    public async Task<Proof> LeaveByTheRouterAsync(string name, string router, CancellationToken ct)
    {
        var vm = stage.Vm(name).Vm;
        var seen = await Visit.OutsideSeesAsync(vm.Namespace, ct);
        return new Proof(
            seen == WorldPlan.PublicAddressOf(router),
            $"{name} ({vm.Address}, gateway {stage.Story(name).Configured.Vifs[0].Gateway}) was seen as {seen}, which is {router}, by {WorldPlan.OutsideAddress}");
    }

    /// <summary>A network without DHCP and NAT of ours has nothing that could be taken over.</summary>
    public async Task<Proof> TrafficNeedsNoNetworkHostAsync(string name, string router, CancellationToken ct)
    {
        await using var ping = Ping.Start(stage.Vm(name).Vm.Namespace, WorldPlan.OutsideAddress);
        await stage.Programs.WorkerOf(router).KillAsync(ct);
        var meanwhile = await stage.StartVmAsync("meanwhile", "host-b", "blue", ct);
        var reached = await Ping.CountAsync(meanwhile.Vm.Namespace, WorldPlan.OutsideAddress, 3, ct);
        await stage.StopVmAsync("meanwhile", ct);
        var count = await ping.StopAsync(ct);
        stage.Programs.StartWorker(router);
        await stage.Programs.WaitForWorkerAsync(router, ct);
        return new Proof(
            count is { Lost: 0, Received: > 0 } && reached.Lost == 0,
            $"kill -9 of the worker of {router}: {name} to the outside meanwhile: {count} pings answered; a VM that starts meanwhile has {meanwhile.Vm.Address}, and {reached} pings of it to the outside are answered");
    }

    /// <summary>The answer carries the file, and the VM is what the file says.</summary>
    public async Task<Proof> FileIsInjectedAsync(string name, CancellationToken ct)
    {
        var (vm, configured) = (stage.Vm(name).Vm, stage.Story(name).Configured);
        var said = (await stage.Operator.FixedIpsAsync(ct)).Single(row => row.InstanceId == vm.InstanceId).Address;
        var has = await Tool.RunAsync(ct, "ip", "-n", vm.Namespace, "-o", "-4", "addr", "show", "dev", "eth0");
        var vif = configured.Vifs[0];
        var lines = (configured.InterfacesFile ?? "").Split('\n').SkipWhile(line => !line.StartsWith("auto eth0", StringComparison.Ordinal)).Select(line => line.Trim());
        return new Proof(
            vif is { Injected: true, DhcpServer: null } && vif.Address == said && vm.Address == said && has.Contains($" {said}/24 ", StringComparison.Ordinal) && stage.Vm(name).DhcpClients.Count == 0,
            $"host-network-configured of {name}: {string.Join(" | ", lines.Where(line => line.Length > 0))}; no DHCP client ran, and its eth0 has {said}");
    }

    /// <summary>The compute service's ports are there, and nothing else.</summary>
    public async Task<Proof> HostsAreAsTheyWereAsync(CancellationToken ct)
    {
        List<string> told = [];
        var same = true;
        foreach (var before in _before)
        {
            var ports = stage.Names.Select(stage.Vm).Where(vm => vm.Vm.Host == before.Host).SelectMany(vm => vm.Ports).ToList();
            var now = await HostPortrait.OfAsync(before.Host, ct);
            var differences = before.DifferencesTo(now, ports);
            same &= differences.Count == 0 && now.Lines.Any(line => line.StartsWith("runs: novanet-worker", StringComparison.Ordinal));
            told.Add($"{before.Host}: {before.Lines.Count} lines of ip, nft, sysctl and programs, {(differences.Count == 0 ? "the same" : string.Join(" ", differences))} but for {ports.Count} ports that the compute service plugged");
        }

        return new Proof(same && _before.Count == stage.Hosts.Count, string.Join("; ", told));
    }

    /// <summary>No lease keeps an address back: it is free with the answer, and whoever asks for it gets it.</summary>
    public async Task<Proof> DeletedIsFreeAtOnceAsync(string host, CancellationToken ct)
    {
        var before = (await stage.Operator.NetworkAsync(Stage.Label, ct)).Addresses;
        var first = (await stage.StartVmAsync("brief", host, "blue", ct)).Vm;
        var released = await stage.StopVmAsync("brief", ct);
        var after = (await stage.Operator.NetworkAsync(Stage.Label, ct)).Addresses;
        var second = (await stage.StartVmAsync("brief", host, "red", ct, Stage.Label, first.Address)).Vm;
        await stage.StopVmAsync("brief", ct);
        return new Proof(
            released.Addresses.SequenceEqual([first.Address]) && before == after && second.Address == first.Address,
            $"{first.Address} of blue: instance-network-released names it, {before.Free} addresses free before and {after.Free} after; red asked for it and has it");
    }

    /// <summary>The worker is no part of the traffic; what is spawned meanwhile waits for it.</summary>
    public async Task<Proof> TrafficNeedsNoWorkerAsync(string host, string from, string to, CancellationToken ct)
    {
        await using var ping = Ping.Start(stage.Vm(from).Vm.Namespace, stage.Vm(to).Vm.Address);
        await stage.Programs.WorkerOf(host).KillAsync(ct);
        var order = new VmOrder("late", host, "red", null, null);
        var spawning = VmRunner.Spawning(order);
        var answer = stage.Compute.SpawnAsync(spawning, Stage.Bound, ct);
        stage.Programs.StartWorker(host);
        await stage.Programs.WaitForWorkerAsync(host, ct);
        var late = await stage.PlugAsync(order, spawning, await answer, ct);
        var reached = await Ping.CountAsync(stage.Vm(from).Vm.Namespace, late.Vm.Address, 3, ct);
        var count = await ping.StopAsync(ct);
        await stage.StopVmAsync("late", ct);
        return new Proof(
            count is { Lost: 0, Received: > 0 } && reached.Lost == 0,
            $"{from} → {to}: {count} pings answered while the worker of {host} was killed (kill -9) and started again; one spawned meanwhile got {late.Vm.Address}, and {reached} pings of {from}");
    }
}
