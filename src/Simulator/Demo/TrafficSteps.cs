using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>Who reaches whom, with real packets.</summary>
internal sealed class TrafficSteps(Stage stage)
{
    private const int Count = 5;

    public Task<Proof> OnOneHostAsync(CancellationToken ct) => PairsAsync([("red-1", "red-2"), ("blue-2", "blue-3")], ct);

    public Task<Proof> AcrossHostsAsync(CancellationToken ct) => PairsAsync([("red-1", "red-3"), ("blue-3", "blue-1")], ct);

    /// <summary>The outside machine tells which source it saw; it has no route to the fixed range at all.</summary>
    public async Task<Proof> OutsideSeesTheHostAsync(CancellationToken ct)
    {
        List<string> told = [];
        var holds = true;
        foreach (var name in new[] { "red-1", "blue-2" })
        {
            var vm = stage.Vm(name).Vm;
            var seen = await Visit.OutsideSeesAsync(vm.Namespace, ct);
            holds &= seen == WorldPlan.PublicAddressOf(stage.Story(name).Configured.NetworkHost);
            told.Add($"{name} ({vm.Address}) was seen as {seen}");
        }

        return new Proof(holds, $"{string.Join("; ", told)} by {WorldPlan.OutsideAddress}");
    }

    private async Task<Proof> PairsAsync((string From, string To)[] pairs, CancellationToken ct)
    {
        List<string> told = [];
        var holds = true;
        foreach (var (from, to) in pairs)
        {
            var count = await Ping.CountAsync(stage.Vm(from).Vm.Namespace, stage.Vm(to).Vm.Address, Count, ct);
            holds &= count.Lost == 0;
            told.Add($"{from} → {to} ({stage.Vm(to).Vm.Address}): {count} answered");
        }

        return new Proof(holds, string.Join("; ", told));
    }
}
