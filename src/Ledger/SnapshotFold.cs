using System.Collections.Concurrent;
using JasperFx.Events;
using Marten;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Domain.Projects;

namespace NovaNetBus.Ledger;

/// <summary>One run of <see cref="Snapshots"/> over the events of a commit or, when rebuilding, of a page.</summary>
/// <param name="known">Networks whose addresses and bridge are known already; those met are added.</param>
internal sealed class SnapshotFold(ConcurrentDictionary<Guid, Network> known)
{
    private readonly SegmentMacChanges macs = new();
    private readonly Dictionary<Guid, InstanceDocument> instances = [];
    private readonly Dictionary<string, BlockDocument> blocks = [];
    private readonly Dictionary<string, FloatingBlockDocument> floatings = [];
    private readonly Dictionary<string, HostDocument> hosts = [];
    private readonly Dictionary<string, ProjectDocument> projects = [];
    private readonly Dictionary<Guid, NetworkDocument> networks = [];
    private readonly HashSet<Guid> changed = [], deleted = [];

    /// <summary>MAC addresses that have come by these events and not gone.</summary>
    public IReadOnlyCollection<SegmentMac> Macs => macs.Come;

    /// <summary>
    /// One query for each kind. A stream that begins here has no document yet and costs none; a document that the session knows already
    /// costs none either.
    /// </summary>
    public async Task LoadAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var begun = events.Where(change => change.Version == 1).Select(change => change.StreamKey!).ToHashSet();
        var older = events.Where(change => !begun.Contains(change.StreamKey!)).ToList();

        T[] Keys<T>(IEnumerable<IEvent> of, Func<IEvent, bool> kind, Func<string, T> key) =>
            of.Where(kind).Select(change => change.StreamKey!).Distinct().Select(key).Distinct().ToArray();

        if (Keys(older, change => change.Data is InstanceEvent, Streams.InstanceOf) is { Length: > 0 } instanceIds)
        {
            Fill(instances, await operations.LoadManyAsync<InstanceDocument>(cancellation, instanceIds), document => document.Id);
        }

        if (Keys(older, change => change.Data is FixedIpEvent, stream => BlockDocument.IdOf(Streams.BlockOf(stream))) is { Length: > 0 } blockIds)
        {
            Fill(blocks, await operations.LoadManyAsync<BlockDocument>(cancellation, blockIds), document => document.Id);
        }

        if (Keys(older, change => change.Data is FloatingIpEvent, stream => Streams.FloatingsOf(stream).ToString()) is { Length: > 0 } floatingIds)
        {
            Fill(floatings, await operations.LoadManyAsync<FloatingBlockDocument>(cancellation, floatingIds), document => document.Id);
        }

        if (Keys(older, change => change.Data is HostEvent, Streams.HostOf) is { Length: > 0 } hostIds)
        {
            Fill(hosts, await operations.LoadManyAsync<HostDocument>(cancellation, hostIds), document => document.Id);
        }

        if (Keys(older, change => change.Data is ProjectEvent, Streams.ProjectOf) is { Length: > 0 } projectIds)
        {
            Fill(projects, await operations.LoadManyAsync<ProjectDocument>(cancellation, projectIds), document => document.Id);
        }

        if (Keys(older, change => change.Data is NetworkEvent, Streams.NetworkOf) is { Length: > 0 } networkIds)
        {
            Fill(networks, await operations.LoadManyAsync<NetworkDocument>(cancellation, networkIds), document => document.Id);
        }

        await KnowAsync(operations, events, cancellation);
    }

    /// <summary>What a block can give is its network's to say, and so is the segment of a NIC.</summary>
    private async Task KnowAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var ids = events.SelectMany(change => change.Data switch
        {
            FixedIpEvent => [Streams.BlockOf(change.StreamKey!).NetworkId],
            InstanceNetworkAllocated e => e.Ports.Select(port => port.NetworkId),
            InstanceFixedIpAdded e => [e.Port.NetworkId],
            _ => [],
        });
        var present = instances.Values.SelectMany(instance => instance.State.Nics.Select(nic => nic.NetworkId));
        if (ids.Concat(present).Where(id => !known.ContainsKey(id)).Distinct().ToArray() is { Length: > 0 } missing)
        {
            foreach (var document in await operations.LoadManyAsync<NetworkDocument>(cancellation, missing))
            {
                known.TryAdd(document.Id, document.State);
            }
        }
    }

    public void Apply(IEvent change)
    {
        switch (change.Data)
        {
            case InstanceEvent e:
                Apply(Streams.InstanceOf(change.StreamKey!), e, change.Version);
                break;
            case FixedIpEvent e:
                Apply(Streams.BlockOf(change.StreamKey!), e, change.Version);
                break;
            case FloatingIpEvent e:
                Apply(Streams.FloatingsOf(change.StreamKey!), e, change.Version);
                break;
            case HostEvent e:
                Apply(e, change.Version);
                break;
            case ProjectEvent e:
                Apply(e, change.Version);
                break;
            case NetworkEvent e:
                Apply(Streams.NetworkOf(change.StreamKey!), e, change.Version);
                break;
            default:
                break; // what is no event of the Domain has no document here (Marten's own tombstones)
        }
    }

    public void Store(IDocumentOperations operations)
    {
        macs.WriteTo(operations);
        operations.Store<InstanceDocument>(instances.Values);
        operations.Store<HostDocument>(hosts.Values);
        operations.Store<FloatingBlockDocument>(floatings.Values);
        operations.Store<ProjectDocument>(projects.Values);
        operations.Store<BlockDocument>(Blocks());
        operations.Store<NetworkDocument>(Networks());
        foreach (var networkId in deleted)
        {
            operations.Delete<NetworkDocument>(networkId);
            operations.DeleteWhere<BlockDocument>(block => block.NetworkId == networkId);
        }
    }

    /// <summary>What <see cref="Store"/> stores, for those who only want to look at it.</summary>
    public IEnumerable<object> Documents() => [.. instances.Values, .. hosts.Values, .. floatings.Values, .. projects.Values, .. Blocks(), .. Networks()];

    private IEnumerable<BlockDocument> Blocks()
    {
        foreach (var block in blocks.Values.Where(block => !deleted.Contains(block.NetworkId)))
        {
            BlockUse.Count(block, known.GetValueOrDefault(block.NetworkId));
            yield return block;
        }
    }

    private IEnumerable<NetworkDocument> Networks() => changed.Where(id => !deleted.Contains(id)).Select(id => networks[id]);

    private static void Fill<TKey, T>(Dictionary<TKey, T> into, IEnumerable<T> documents, Func<T, TKey> key)
        where TKey : notnull
    {
        foreach (var document in documents)
        {
            into[key(document)] = document;
        }
    }

    private void Apply(Guid instanceId, InstanceEvent change, long version)
    {
        var before = instances.GetValueOrDefault(instanceId);
        var state = InstanceNetwork.Evolve(before?.State, change);
        macs.Add(before?.State, state, known.GetValueOrDefault);
        var document = before ?? (instances[instanceId] = new InstanceDocument { Id = instanceId, State = state });
        document.State = state;
        document.StreamVersion = version;
        document.Status = state.Status;
        document.Host = state.Host;
        document.ServedBy = state.IsOnHost ? state.Host : null;
        document.ProjectId = state.ProjectId;
        document.QuotaUse = state.QuotaUse;
    }

    private void Apply(BlockKey key, FixedIpEvent change, long version)
    {
        var id = BlockDocument.IdOf(key);
        if (!blocks.TryGetValue(id, out var document))
        {
            document = blocks[id] = new BlockDocument { Id = id, NetworkId = key.NetworkId, Index = key.Index, State = Block.Fresh(key.NetworkId, key.Index) };
        }

        document.State = document.State.Evolve(change);
        document.StreamVersion = version;
    }

    private void Apply(FloatingKey key, FloatingIpEvent change, long version)
    {
        var id = key.ToString();
        if (!floatings.TryGetValue(id, out var document))
        {
            document = floatings[id] = new FloatingBlockDocument { Id = id, Pool = key.Pool, First = key.First.Value, State = FloatingBlock.Fresh(key) };
        }

        document.State = document.State.Evolve(change);
        document.StreamVersion = version;
        document.Free = document.State.Free;
        document.Total = document.State.Addresses.Count;
        document.Owners = [.. document.State.Addresses.Values.Where(floating => !floating.AutoAssigned).Select(floating => floating.ProjectId).OfType<string>().Distinct()];
    }

    private void Apply(Guid networkId, NetworkEvent change, long version)
    {
        var before = networks.GetValueOrDefault(networkId);
        if (Network.Evolve(before?.State, change) is not { } state)
        {
            deleted.Add(networkId);
            return;
        }

        var document = before ?? (networks[networkId] = new NetworkDocument { Id = networkId, State = state });
        document.State = state;
        document.StreamVersion = version;
        changed.Add(networkId);
        known.TryAdd(networkId, state);
    }

    private void Apply(HostEvent change, long version)
    {
        var before = hosts.GetValueOrDefault(change.Host);
        var state = HostRecord.Evolve(before?.State, change);
        var document = before ?? (hosts[change.Host] = new HostDocument { Id = change.Host, State = state });
        document.State = state;
        document.StreamVersion = version;
    }

    private void Apply(ProjectEvent change, long version)
    {
        var before = projects.GetValueOrDefault(change.ProjectId);
        var state = Project.Evolve(before?.State, change);
        var document = before ?? (projects[change.ProjectId] = new ProjectDocument { Id = change.ProjectId, State = state });
        document.State = state;
        document.StreamVersion = version;
    }
}
