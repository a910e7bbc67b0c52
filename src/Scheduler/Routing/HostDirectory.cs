using NovaNetBus.Contracts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Ledger;
using NovaNetBus.Scheduler.NetworkHosts;

namespace NovaNetBus.Scheduler.Routing;

/// <summary>What is known of hosts.</summary>
internal interface IHostDirectory
{
    /// <summary>True for a host that has had a worker, and was not forgotten since.</summary>
    Task<bool> IsKnownAsync(string host, CancellationToken cancellation);

    /// <summary>An instance; null: never heard of.</summary>
    Task<InstanceNetwork?> InstanceAsync(Guid instanceId, CancellationToken cancellation);

    /// <summary>All networks in order of creation.</summary>
    Task<IReadOnlyList<Network>> NetworksAsync(CancellationToken cancellation);

    /// <summary>Whose worker acts for an instance on a host without one, see <see cref="UnattendedHost.MayAct"/>: the best of those that take from their queues. Null: no worker is known.</summary>
    Task<string?> ActingForAsync(IReadOnlyList<Network> networks, CancellationToken cancellation);

    /// <summary>The same for the networks that an instance has, in the order of its NICs.</summary>
    Task<string?> ActingForAsync(Guid instanceId, CancellationToken cancellation);
}

/// <summary>As the ledger and the broker have it.</summary>
internal sealed class HostDirectory(HostRegistry hosts, Queries queries, Election election, QueueSender queues) : IHostDirectory
{
    public Task<bool> IsKnownAsync(string host, CancellationToken cancellation) => hosts.IsKnownAsync(host, cancellation);

    public async Task<InstanceNetwork?> InstanceAsync(Guid instanceId, CancellationToken cancellation) => (await queries.InstanceAsync(instanceId, cancellation))?.State;

    public Task<IReadOnlyList<Network>> NetworksAsync(CancellationToken cancellation) => queries.NetworkListAsync(cancellation);

    public async Task<string?> ActingForAsync(IReadOnlyList<Network> networks, CancellationToken cancellation)
    {
        var candidates = UnattendedHost.MayAct(networks, await election.StandingsAsync(cancellation));
        foreach (var candidate in candidates)
        {
            if (await queues.StateAsync(Wire.WorkerQueue(candidate), cancellation) is { Consumers: > 0 })
            {
                return candidate;
            }
        }

        return candidates.Count > 0 ? candidates[0] : null; // whose queue keeps it
    }

    public async Task<string?> ActingForAsync(Guid instanceId, CancellationToken cancellation)
    {
        var networks = (await NetworksAsync(cancellation)).ToDictionary(network => network.Id);
        var ports = (await InstanceAsync(instanceId, cancellation))?.Ports ?? [];
        return await ActingForAsync([.. ports.Select(port => networks.GetValueOrDefault(port.NetworkId)).OfType<Network>().Distinct()], cancellation);
    }
}
