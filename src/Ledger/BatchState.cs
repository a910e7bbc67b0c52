using Marten;
using NovaNetBus.Domain;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Ledger;

/// <summary>What one commit has read, as it stands after the works decided so far, and the events that they came to.</summary>
internal sealed class BatchState(LedgerSession session, NetworkDirectory directory)
{
    private readonly Dictionary<Guid, InstanceNetwork?> instances = [];
    private readonly Dictionary<string, HostRecord?> hosts = [];
    private readonly Dictionary<BlockKey, Block> blocks = [];
    private readonly Dictionary<string, long> versions = [];
    private readonly SortedDictionary<string, List<(object Event, Origin Origin)>> appended = new(StringComparer.Ordinal);

    public IReadOnlyList<Network> Networks => directory.Networks;

    public IReadOnlyDictionary<BlockKey, Block> Blocks => blocks;

    /// <summary>The first reading, in one round trip: these, and whether the networks in memory are still those.</summary>
    public async Task BeginAsync(
        IReadOnlyCollection<Guid> instanceIds, IReadOnlyCollection<string> hostNames, IReadOnlyCollection<BlockKey> likelyBlocks, CancellationToken cancellation)
    {
        var batch = session.Documents.CreateBatchQuery();
        var stamp = NetworkDirectory.AskFor(batch);
        var instanceDocuments = batch.LoadMany<InstanceDocument>().ByIdList(instanceIds);
        var hostDocuments = batch.LoadMany<HostDocument>().ByIdList(hostNames);
        var blockDocuments = batch.LoadMany<BlockDocument>().ByIdList(likelyBlocks.Select(BlockDocument.IdOf));
        await batch.Execute(cancellation);

        await directory.RefreshAsync(await stamp, session.Documents, cancellation);
        Take(instanceIds, await instanceDocuments);
        Take(hostNames, await hostDocuments);
        Take(likelyBlocks, await blockDocuments);
    }

    /// <summary>The hosts where these instances are, and the blocks that hold the addresses of those whose addresses may change.</summary>
    public async Task LoadForAsync(IReadOnlyList<InstanceWork> works, CancellationToken cancellation)
    {
        var missing = works.Select(work => Instance(work.InstanceId)?.Host).OfType<string>().Distinct().Where(host => !hosts.ContainsKey(host)).ToList();
        if (missing.Count > 0)
        {
            Take(missing, await session.Documents.LoadManyAsync<HostDocument>(cancellation, missing));
        }

        var ports = works.Where(work => work.NeedsBlocks).SelectMany(work => Instance(work.InstanceId)?.Ports ?? []);
        await LoadBlocksAsync([.. ports.Select(BlockOf).OfType<BlockKey>().Distinct().Where(key => !blocks.ContainsKey(key))], cancellation);
    }

    public async Task LoadBlocksAsync(IReadOnlyCollection<BlockKey> keys, CancellationToken cancellation)
    {
        if (keys.Count > 0)
        {
            Take(keys, await session.Documents.LoadManyAsync<BlockDocument>(cancellation, keys.Select(BlockDocument.IdOf)));
        }
    }

    public InstanceNetwork? Instance(Guid instanceId) => instances[instanceId];

    public HostRecord? Host(string name) => hosts.GetValueOrDefault(name);

    public void Append(Guid instanceId, InstanceEvent change, Origin origin)
    {
        instances[instanceId] = InstanceNetwork.Evolve(instances[instanceId], change);
        Append(Streams.OfInstance(instanceId), change, origin);
        if (change is InstanceNetworkReleased)
        {
            session.Documents.Delete<InstanceMetadataDocument>(instanceId);
        }
    }

    /// <summary>Keeps what the instance is told of itself, beside the log.</summary>
    public void Keep(Guid instanceId, InstanceMetadata metadata) =>
        session.Documents.Store(new InstanceMetadataDocument { Id = instanceId, Metadata = metadata });

    public void Append(BlockEvent change, Origin origin)
    {
        blocks[change.Block] = blocks[change.Block].Evolve(change.Event);
        Append(Streams.OfBlock(change.Block), change.Event, origin);
    }

    public void Append(HostEvent change, Origin origin)
    {
        hosts[change.Host] = HostRecord.Evolve(hosts.GetValueOrDefault(change.Host), change);
        Append(Streams.OfHost(change.Host), change, origin);
    }

    /// <summary>Everything or nothing. The streams are written in the order of their names, so that two writers never wait for each other in a ring.</summary>
    public async Task CommitAsync(CancellationToken cancellation)
    {
        foreach (var (stream, changes) in appended)
        {
            session.Append(
                stream, versions.GetValueOrDefault(stream), [.. changes.Select(change => change.Event)], [.. changes.Select(change => change.Origin)]);
        }

        await session.CommitAsync(cancellation);
    }

    private BlockKey? BlockOf(Port port) => Networks.FirstOrDefault(network => network.Id == port.NetworkId) is { } network
        ? new BlockKey(network.Id, new BlockLayout(network.Cidr).IndexOf(port.Address))
        : null;

    private void Append(string stream, object change, Origin origin)
    {
        if (!appended.TryGetValue(stream, out var changes))
        {
            appended[stream] = changes = [];
        }

        changes.Add((change, origin));
    }

    private void Take(IEnumerable<Guid> asked, IEnumerable<InstanceDocument> found)
    {
        foreach (var id in asked)
        {
            instances[id] = null;
        }

        foreach (var document in found)
        {
            instances[document.Id] = document.State;
            versions[Streams.OfInstance(document.Id)] = document.StreamVersion;
        }
    }

    private void Take(IEnumerable<string> asked, IEnumerable<HostDocument> found)
    {
        foreach (var name in asked)
        {
            hosts[name] = null;
        }

        foreach (var document in found)
        {
            hosts[document.Id] = document.State;
            versions[Streams.OfHost(document.Id)] = document.StreamVersion;
        }
    }

    private void Take(IEnumerable<BlockKey> asked, IEnumerable<BlockDocument> found)
    {
        foreach (var key in asked)
        {
            blocks[key] = Block.Fresh(key.NetworkId, key.Index);
        }

        foreach (var document in found)
        {
            var key = new BlockKey(document.NetworkId, document.Index);
            blocks[key] = document.State;
            versions[Streams.OfBlock(key)] = document.StreamVersion;
        }
    }
}
