using System.Net.NetworkInformation;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>What the demo had made, noted before it was taken away, to see afterwards that none of it is left.</summary>
internal sealed class Leftovers(StateDirectory state, IReadOnlyList<ProcessIdentity> processes, IReadOnlyList<string> namespaces)
{
    public static async Task<Leftovers> CollectAsync(StateDirectory state, CancellationToken ct)
    {
        var namespaces = NetworkNamespace.All().Where(n => n.StartsWith(WorldPlan.Prefix, StringComparison.Ordinal)).ToList();
        List<ProcessIdentity> processes = [];
        foreach (var name in namespaces)
        {
            processes.AddRange(await NetworkNamespace.ProcessesAsync(name, ct));
        }

        if (state.Read<WorldState>(WorldState.FileName)?.Forwarder is { } forwarder)
        {
            processes.Add(forwarder);
        }

        return new Leftovers(state, [.. processes.Concat(DemoPrograms.Started(state))], namespaces);
    }

    public Task<Proof> CheckAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var running = processes.Count(p => p.IsRunning);
        var there = NetworkNamespace.All().Where(n => n.StartsWith(WorldPlan.Prefix, StringComparison.Ordinal)).ToList();
        var listens = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == DemoPrograms.SchedulerPort);
        return Task.FromResult(new Proof(
            running == 0 && there.Count == 0 && !listens && !state.Exists,
            $"{running} of {processes.Count} processes, {there.Count} of {namespaces.Count} namespaces, {(listens ? "the scheduler's" : "no")} listening port, {(state.Exists ? state.Path : "no state")}, no queue and no table left"));
    }
}
