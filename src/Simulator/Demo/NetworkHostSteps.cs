using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>One host is gateway and DHCP server of a network for the VMs of others, and another takes over.</summary>
/// <param name="stage">The world.</param>
/// <param name="bridge">Of the network.</param>
/// <param name="network">Its label.</param>
/// <param name="bystander">A VM on it that renews its lease.</param>
internal sealed class NetworkHostSteps(Stage stage, string bridge, string network = Stage.Label, string bystander = "blue-2")
{
    private static readonly string[] Computes = ["host-a", "host-b"];
    private static readonly string[] NetworkHosts = ["net-1", "net-2"];

    // 20 s of silence, the election's own turn, and a machine that does more than this.
    private static readonly TimeSpan TakeoverBound = TimeSpan.FromSeconds(90);

    // What is on its way in the moment of a hand-over may be lost: a tenth of a second, at fifty pings a second.
    private const int LostByHandOver = 5;

    /// <summary>A drained host gets no networks: those with VMs are left to their VMs.</summary>
    public async Task<Proof> ComputeHostsServeNoneAsync(CancellationToken ct)
    {
        foreach (var host in Computes)
        {
            await stage.Operator.DoAsync(ct, "host", "drain", host);
        }

        var rows = (await stage.Operator.HostsAsync(ct)).Where(row => Computes.Contains(row.Host)).ToList();
        return new Proof(
            rows.Count == Computes.Length && rows.All(row => row.Networks.Count == 0),
            $"novanet host drain {string.Join("; novanet host drain ", Computes)}: {string.Join("; ", rows.Select(row => row.Reason ?? $"{row.Host}: {row.Role}"))}");
    }

    /// <summary>The whole of <c>host list</c>, and the reasons of one in <c>host show</c>.</summary>
    public async Task<Proof> HostsExplainAsync(CancellationToken ct)
    {
        var serves = await ServesAsync(ct);
        var rows = await stage.Operator.HostsAsync(ct);
        var shown = await stage.Operator.HostAsync(serves, ct);
        return new Proof(
            NetworkHosts.Contains(serves) && shown.Networks.Contains(network) && rows.All(row => row.Networks.Contains(network) == (row.Host == serves)),
            $"novanet host list: {string.Join("; ", rows.Select(row => $"{row.Host} has {row.Ports} ports and serves {(row.Networks.Count == 0 ? "no network" : string.Join(", ", row.Networks))}"))}. novanet host show {serves}: {shown.Reason}");
    }

    /// <summary>Bridge and guard, no more.</summary>
    public async Task<Proof> ComputeHostsOnlyBridgeAsync(CancellationToken ct)
    {
        List<string> told = [];
        var holds = true;
        foreach (var host in Computes.Append(await ServesAsync(ct)))
        {
            var (addresses, hasDhcp) = (await AddressesAsync(host, ct), await RunsAsync(host, "dnsmasq", ct));
            var serves = NetworkHosts.Contains(host);
            holds &= serves == addresses.Count > 0 && serves == hasDhcp;
            told.Add($"{host}: {bridge} has {(addresses.Count == 0 ? "no address" : string.Join(' ', addresses))}, {(hasDhcp ? "dnsmasq runs" : "no dnsmasq")}");
        }

        return new Proof(holds, string.Join("; ", told));
    }

    /// <summary>Both are there; one gives over to the other.</summary>
    public async Task<Proof> DrainedWhilePingsRunAsync(string vm, CancellationToken ct)
    {
        var from = await ServesAsync(ct);
        var (to, seconds, count) = await WhilePingsRunAsync(vm, from, () => stage.Operator.DoAsync(ct, "host", "drain", from), ct);
        return new Proof(
            to is not null && count.Received > 0 && count.Lost <= LostByHandOver,
            $"novanet host drain {from}: {to ?? "nobody"} serves {network} {seconds:0.0} s later; {vm} to the outside meanwhile: {count} pings answered, {count.Lost} lost");
    }

    /// <summary>The kernel of the host whose worker is gone falls silent by itself; then another host takes over.</summary>
    public async Task<Proof> KilledWhilePingsRunAsync(string vm, CancellationToken ct)
    {
        var from = await ServesAsync(ct);
        // It was drained, until its worker starts anew.
        await RestartAsync(NetworkHosts.Single(host => host != from), ct);
        var (to, seconds, count) = await WhilePingsRunAsync(vm, from, () => stage.Programs.WorkerOf(from).KillAsync(ct), ct);
        return new Proof(
            to is not null && count.Received > 0,
            $"kill -9 of the worker of {from}, and it stays away: {to ?? "nobody"} serves {network} {seconds:0.0} s later; {vm} to the outside meanwhile: {count} pings answered, "
            + $"{count.Lost} lost, which is {count.Lost * Ping.SecondsBetween:0.0} s");
    }

    /// <summary>Who has an address keeps it, and is answered by the new host under the old one's address.</summary>
    public async Task<Proof> LeasesAreTheSameAsync(CancellationToken ct)
    {
        var serves = await ServesAsync(ct);
        var before = stage.Vm(bystander).Vm.Address;
        var renewed = await stage.RenewAsync(bystander, ct);
        return new Proof(
            renewed.Address == before && renewed.Server == stage.Story(bystander).Configured.Vifs[0].DhcpServer,
            $"{bystander} renewed {renewed.Address} with {renewed.Server}, which is on {serves} now");
    }

    /// <summary>A host that comes back finds that another has its networks.</summary>
    public async Task<Proof> ComesBackAndLetsGoAsync(string vm, CancellationToken ct)
    {
        var serves = await ServesAsync(ct);
        var back = NetworkHosts.Single(host => host != serves);
        await RestartAsync(back, ct);
        var isGone = await Wait.UntilAsync(async () => (await AddressesAsync(back, ct)).Count == 0 && !await RunsAsync(back, "dnsmasq", ct), Stage.Bound, ct);
        var seen = await Visit.OutsideSeesAsync(stage.Vm(vm).Vm.Namespace, ct);
        return new Proof(
            isGone && await ServesAsync(ct) == serves && seen == WorldPlan.PublicAddressOf(serves),
            $"the worker of {back} runs again: {bridge} there has {(isGone ? "no address, and no dnsmasq runs" : "still an address or a dnsmasq")}; {serves} serves on, and outside sees {vm} as {seen}");
    }

    private async Task<(string? To, double Seconds, PingCount Count)> WhilePingsRunAsync(string vm, string from, Func<Task> act, CancellationToken ct)
    {
        await Ping.CountAsync(stage.Vm(vm).Vm.Namespace, WorldPlan.OutsideAddress, 1, ct);
        await using var ping = Ping.Start(stage.Vm(vm).Vm.Namespace, WorldPlan.OutsideAddress);
        var start = TimeProvider.System.GetTimestamp();
        await act();
        string? to = null;
        await Wait.UntilAsync(
            async () => (to = (await stage.Operator.NetworkAsync(network, ct)).Host) is not null && to != from, TakeoverBound, ct, pause: TimeSpan.FromMilliseconds(200));
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        var reaches = await Wait.UntilAsync(
            async () => (await Ping.CountAsync(stage.Vm(vm).Vm.Namespace, WorldPlan.OutsideAddress, 1, ct)).Lost == 0, Stage.Bound, ct);
        var count = await ping.StopAsync(ct);
        return (reaches && to != from ? to : null, seconds, count);
    }

    private async Task RestartAsync(string host, CancellationToken ct)
    {
        await stage.Programs.WorkerOf(host).StopAsync(ct);
        stage.Programs.StartWorker(host);
        await stage.Programs.WaitForWorkerAsync(host, ct);
    }

    private async Task<string> ServesAsync(CancellationToken ct)
    {
        string? serves = null;
        await Wait.UntilAsync(async () => (serves = (await stage.Operator.NetworkAsync(network, ct)).Host) is not null, Stage.Bound, ct);
        return serves ?? throw new SimulatorException($"No host serves {network}.");
    }

    private async Task<IReadOnlyList<string>> AddressesAsync(string host, CancellationToken ct)
    {
        var shown = await Tool.TryAsync(ct, "ip", "-n", WorldPlan.NamespaceOfHost(host), "-o", "-4", "addr", "show", "dev", bridge);
        return [.. shown.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3])];
    }

    private static async Task<bool> RunsAsync(string host, string program, CancellationToken ct) =>
        (await NetworkNamespace.ProcessesAsync(WorldPlan.NamespaceOfHost(host), ct)).Any(process => process.Name == program);
}
