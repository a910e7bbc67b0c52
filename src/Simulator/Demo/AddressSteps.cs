using NovaNetBus.Domain.Addressing;
using NovaNetBus.Simulator.Vms;

namespace NovaNetBus.Simulator.Demo;

/// <summary>A network, six VMs, and whose addresses they have.</summary>
internal sealed class AddressSteps(Stage stage)
{
    private static readonly (string Name, string Host, string Project)[] Cast =
    [
        ("red-1", "host-a", "red"), ("red-2", "host-a", "red"), ("red-3", "host-b", "red"),
        ("blue-1", "host-a", "blue"), ("blue-2", "host-b", "blue"), ("blue-3", "host-b", "blue"),
    ];

    /// <param name="multiHost">Each host serves it, or one for all.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <param name="more">Further options of <c>network create</c>.</param>
    public async Task<Proof> NetworkIsMadeAsync(bool multiHost, CancellationToken ct, params string[] more)
    {
        var made = await stage.Operator.CreateNetworkAsync(Stage.Label, Cidr.Parse(Stage.Range), ct, ["--multi-host", multiHost ? "true" : "false", "--bridge", "br100", .. more]);
        return new Proof(
            made is [{ Cidr: Stage.Range }] && made[0].MultiHost == multiHost,
            $"novanet network create: {made[0].Label} {made[0].Cidr}, gateway {made[0].Gateway}, bridge {made[0].Bridge}, multi_host {made[0].MultiHost}");
    }

    public async Task<Proof> VmsStartAsync(CancellationToken ct)
    {
        List<string> told = [];
        foreach (var (name, host, project) in Cast)
        {
            var vm = await stage.StartVmAsync(name, host, project, ct);
            told.Add($"{name} {vm.Vm.Address} on {host}");
        }

        return new Proof(told.Count == Cast.Length, string.Join(", ", told));
    }

    /// <summary>Three witnesses for each VM: the log (by the operator's tool), its network host's dnsmasq, and the VM's own DHCP client.</summary>
    public async Task<Proof> AllocatedIsLeasedAsync(CancellationToken ct)
    {
        var allocated = (await stage.Operator.FixedIpsAsync(ct)).Where(r => r.InstanceId is not null).ToDictionary(r => r.InstanceId!.Value);
        var leases = stage.Hosts.ToDictionary(h => h, stage.LeasesOf);
        var wrong = new List<string>();
        foreach (var name in stage.Names)
        {
            var vm = stage.Vm(name).Vm;
            var said = allocated.GetValueOrDefault(vm.InstanceId)?.Address;
            var leased = leases[stage.Story(name).Configured.NetworkHost].Any(l => l.Contains($" {vm.MacAddress} {vm.Address} ", StringComparison.Ordinal));
            if (said != vm.Address || !leased || stage.Story(name).Configured.Vifs[0].Address != vm.Address)
            {
                wrong.Add($"{name}: allocated {said ?? "nothing"}, leased {(leased ? vm.Address : "nothing")}, in use {vm.Address}");
            }
        }

        var distinct = stage.Names.Select(n => stage.Vm(n).Vm.Address).Distinct().Count();
        return new Proof(
            wrong.Count == 0 && distinct == Cast.Length && allocated.Count == Cast.Length,
            wrong.Count > 0 ? string.Join("; ", wrong) : $"{distinct} addresses, each the same in the log, in dnsmasq's leases and in its VM: {string.Join(' ', stage.Names.Select(n => stage.Vm(n).Vm.Address))}");
    }

    /// <summary>A compute service that was not sure tells it again.</summary>
    public async Task<Proof> SameMessageAgainAsync(CancellationToken ct)
    {
        var (spawning, first) = stage.Story("red-1");
        var before = (Rules: await Stage.RulesOfAsync(first.Host, ct), Counts: (await stage.Operator.NetworkAsync(Stage.Label, ct)).Addresses);
        var again = await stage.Compute.SpawnAsync(spawning, Stage.Bound, ct);
        var after = (Rules: await Stage.RulesOfAsync(first.Host, ct), Counts: (await stage.Operator.NetworkAsync(Stage.Label, ct)).Addresses);
        var same = again.Generation == first.Generation && again.Vifs.Select(v => (v.VifId, v.Address, v.MacAddress, v.PortName))
            .SequenceEqual(first.Vifs.Select(v => (v.VifId, v.Address, v.MacAddress, v.PortName)));
        var untouched = before.Counts == after.Counts && before.Rules.SequenceEqual(after.Rules);
        return new Proof(
            same && untouched,
            $"{again.Vifs[0].Address}, generation {first.Generation} then {again.Generation}; {before.Counts.Allocated} addresses allocated then {after.Counts.Allocated}; rules {(before.Rules.SequenceEqual(after.Rules) ? "unchanged" : "changed")}");
    }

    public async Task<Proof> DeleteTakesAllBackAsync(CancellationToken ct)
    {
        const string name = "brief";
        var before = (Rules: await Stage.RulesOfAsync("host-a", ct), Counts: (await stage.Operator.NetworkAsync(Stage.Label, ct)).Addresses);
        var vm = (await stage.StartVmAsync(name, "host-a", "blue", ct)).Vm;
        var during = (Rules: await Stage.RulesOfAsync("host-a", ct), Leased: IsLeased(vm));
        await stage.StopVmAsync(name, ct);
        // dnsmasq hears of the release by a packet: the only part that comes a moment later.
        var leaseGone = await Namespaces.Wait.UntilAsync(() => !IsLeased(vm), Stage.Bound, ct);
        var after = (Rules: await Stage.RulesOfAsync("host-a", ct), Counts: (await stage.Operator.NetworkAsync(Stage.Label, ct)).Addresses);
        var row = (await stage.Operator.FixedIpsAsync(ct)).SingleOrDefault(r => r.Address == vm.Address);
        var isFree = row?.InstanceId is null && before.Counts == after.Counts;
        var ruleCount = during.Rules.Count - before.Rules.Count;
        return new Proof(
            isFree && during.Leased && leaseGone && ruleCount > 0 && before.Rules.SequenceEqual(after.Rules),
            $"{vm.Address}: {(isFree ? "free" : "not free")} again ({before.Counts.Free} free before, {after.Counts.Free} after); lease {(leaseGone ? "gone" : "still there")}; "
            + $"{ruleCount} words of rules came, {after.Rules.Count - before.Rules.Count} stayed");
    }

    private bool IsLeased(Vm vm) => stage.LeasesOf(vm.Host).Any(l => l.Contains(vm.MacAddress, StringComparison.Ordinal));
}
