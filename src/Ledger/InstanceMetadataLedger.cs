using Marten;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Ledger;

/// <summary>An instance as it is told of itself.</summary>
/// <param name="State">It is on a host.</param>
/// <param name="Networks">Those of its ports, with its host's address on each.</param>
/// <param name="Metadata">What its spawning said.</param>
public sealed record InstanceSelf(InstanceNetwork State, IReadOnlyList<ServedNetwork> Networks, InstanceMetadata Metadata);

/// <summary>Knows instances by where they speak from. Every method throws on an outage.</summary>
public sealed class InstanceMetadataLedger
{
    private readonly LedgerSessions sessions;

    internal InstanceMetadataLedger(LedgerSessions sessions) => this.sessions = sessions;

    /// <summary>
    /// The instance that has this address on this bridge of this host, as of one moment; null when none has, or when another host serves it on that
    /// network.
    /// </summary>
    public async Task<InstanceSelf?> FindAsync(string host, string bridge, Ipv4 address, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var networks = await NetworkDirectory.ReadAsync(session.Documents, cancellation);
        if (networks.FirstOrDefault(candidate => candidate.Bridge == bridge && candidate.Cidr.Contains(address)) is not { } network
            || await OwnerAsync(session.Documents, network, address, cancellation) is not { } instanceId)
        {
            return null;
        }

        var batch = session.Documents.CreateBatchQuery();
        var instance = batch.Load<InstanceDocument>(instanceId);
        var metadata = batch.Load<InstanceMetadataDocument>(instanceId);
        await batch.Execute(cancellation);
        if (await instance is not { State: { IsOnHost: true } state, ServedBy: { } place }
            || network.HostFor(place) != host || !state.Ports.Any(port => port.NetworkId == network.Id && port.Address == address))
        {
            return null;
        }

        var record = await session.Documents.LoadAsync<HostDocument>(place, cancellation);
        return new InstanceSelf(state, ServedNetworks.Of(state, record?.State, networks), (await metadata)?.Metadata ?? InstanceMetadata.Empty);
    }

    private static async Task<Guid?> OwnerAsync(IQuerySession session, Network network, Ipv4 address, CancellationToken cancellation)
    {
        var key = new BlockKey(network.Id, new BlockLayout(network.Cidr).IndexOf(address));
        return (await session.LoadAsync<BlockDocument>(BlockDocument.IdOf(key), cancellation))?.State.Used.GetValueOrDefault(address)?.InstanceId;
    }
}
