using NovaNetBus.Contracts;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>An address that leads in and out, and can be taken away; and one that goes along when its VM moves.</summary>
internal sealed class FloatingSteps(Stage stage)
{
    private const string Range = "198.51.100.96/28", Pool = "public", Owner = "red-1", Mover = "mover";
    private string? floating;

    public async Task<Proof> LeadsInAsync(CancellationToken ct)
    {
        await stage.Operator.DoAsync(ct, "floating", "create", "--ip-range", Range, "--pool", Pool);
        floating = (await stage.Operator.FloatingAsync(ct, "allocate", "--project", "red", "--pool", Pool)).Address;
        var row = await stage.Operator.FloatingAsync(ct, "associate", floating, "--instance", stage.Vm(Owner).Vm.InstanceId.ToString());
        var seen = await Visit.SeenAsAsync(WorldPlan.Outside, floating, stage.Vm(Owner).Vm.Namespace, ct);
        return new Proof(
            seen == WorldPlan.OutsideAddress && row.Host == stage.Vm(Owner).Vm.Host,
            $"novanet floating associate: {floating} leads to {Owner} ({row.FixedIp}) on {row.Host}; {WorldPlan.OutsideAddress} reached it there and was seen as {seen}");
    }

    public async Task<Proof> LeadsOutAsync(CancellationToken ct)
    {
        var with = await Visit.SeenAsAsync(stage.Vm(Owner).Vm.Namespace, WorldPlan.OutsideAddress, WorldPlan.Outside, ct);
        var without = await Visit.SeenAsAsync(stage.Vm("red-2").Vm.Namespace, WorldPlan.OutsideAddress, WorldPlan.Outside, ct);
        return new Proof(
            with == floating && without == WorldPlan.PublicAddressOf(stage.Vm("red-2").Vm.Host), $"{WorldPlan.OutsideAddress} saw {Owner} as {with}, and red-2, which has none, as {without}");
    }

    public async Task<Proof> LeadsBackInAsync(CancellationToken ct)
    {
        List<string> told = [];
        var holds = true;
        foreach (var (from, source) in new[] { (Owner, floating!), ("red-2", WorldPlan.PublicAddressOf("host-a")), ("red-3", WorldPlan.PublicAddressOf("host-b")) })
        {
            var seen = await Visit.SeenAsAsync(stage.Vm(from).Vm.Namespace, floating!, stage.Vm(Owner).Vm.Namespace, ct);
            holds &= seen == source;
            told.Add($"{from} on {stage.Vm(from).Vm.Host} as {seen}");
        }

        return new Proof(holds, $"{Owner} was reached at {floating} by {string.Join(", ", told)}");
    }

    public async Task<Proof> AnswersNobodyWhenReleasedAsync(CancellationToken ct)
    {
        var before = await Ping.CountAsync(WorldPlan.Outside, floating!, 3, ct);
        await stage.Operator.FloatingAsync(ct, "disassociate", floating!);
        var row = await stage.Operator.FloatingAsync(ct, "release", floating!, "--project", "red");
        var after = await Ping.CountAsync(WorldPlan.Outside, floating!, 3, ct);
        var address = await Tool.RunInAsync(ct, WorldPlan.NamespaceOfHost("host-a"), "ip", "address", "show", "dev", "eth0");
        return new Proof(
            before.Lost == 0 && after.Received == 0 && row.ProjectId is null && !address.Contains(floating!, StringComparison.Ordinal),
            $"{floating} answered {before} pings before, {after} after; it is on no NIC of the host any more");
    }

    /// <summary>The VM keeps its namespace, its MAC and its address; its NIC is plugged into the other host.</summary>
    public async Task<Proof> MovesAlongAsync(CancellationToken ct)
    {
        var before = await stage.StartVmAsync(Mover, "host-a", "red", ct);
        var led = (await stage.Compute.AssociateAsync(new FloatingAssociate(before.Vm.InstanceId, "red", Pool: Pool), Stage.Bound, ct)).FloatingIp;
        await Visit.SeenAsAsync(WorldPlan.Outside, led, before.Vm.Namespace, ct);

        var after = await stage.MoveVmAsync(Mover, "host-b", ct);

        var seen = await Visit.SeenAsAsync(after.Vm.Namespace, WorldPlan.OutsideAddress, WorldPlan.Outside, ct);
        await Visit.SeenAsAsync(WorldPlan.Outside, led, after.Vm.Namespace, ct);
        var neighbour = await Ping.CountAsync(stage.Vm(Owner).Vm.Namespace, after.Vm.Address, 3, ct);
        var left = await Tool.RunInAsync(ct, WorldPlan.NamespaceOfHost("host-a"), "ip", "address", "show", "dev", "eth0");
        await stage.StopVmAsync(Mover, ct);
        return new Proof(
            after.Vm.Address == before.Vm.Address && after.Vm.MacAddress == before.Vm.MacAddress && seen == led && neighbour.Lost == 0 && !left.Contains(led, StringComparison.Ordinal),
            $"{Mover} is {after.Vm.Address} and {led} on {after.Vm.Host} as it was on host-a; outside reaches it and sees it as {seen}; {Owner} → {Mover}: {neighbour} answered; host-a has nothing of it");
    }
}
