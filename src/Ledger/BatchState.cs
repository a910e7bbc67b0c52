using System.Collections.Immutable;
using Marten;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Ledger;

/// <summary>
/// What one commit has read, as it stands after the works decided so far, and the events that they came to. A further kind of stream is one more
/// <see cref="StreamKind{TKey, TState, TEvent}"/> here, and how it is loaded.
/// </summary>
internal sealed class BatchState
{
    private readonly LedgerSession session;
    private readonly NetworkDirectory directory;
    private readonly Appending appending = new();
    private readonly Dictionary<MacAddress, ImmutableHashSet<string>> macs = [];
    private readonly FixedIpQuotas quotas;
    private bool mayAssign;

    public BatchState(LedgerSession session, NetworkDirectory directory)
    {
        (this.session, this.directory) = (session, directory);
        quotas = new FixedIpQuotas(session);
        Instances = new(appending, Streams.OfInstance, (_, state, change) => InstanceNetwork.Evolve(state, change));
        Hosts = new(appending, Streams.OfHost, (_, state, change) => HostRecord.Evolve(state, change));
        Floatings = new FloatingBatch(session, appending);
        Blocks = new(appending, Streams.OfBlock, (key, state, change) => (state ?? Block.Fresh(key.NetworkId, key.Index)).Evolve(change));
    }

    public StreamKind<Guid, InstanceNetwork, InstanceEvent> Instances { get; }

    public StreamKind<string, HostRecord, HostEvent> Hosts { get; }

    public StreamKind<BlockKey, Block, FixedIpEvent> Blocks { get; }

    public FloatingBatch Floatings { get; }

    /// <summary>Of the MAC addresses looked up: the segments where NICs have them.</summary>
    public IReadOnlyDictionary<MacAddress, ImmutableHashSet<string>> Macs => macs;

    /// <summary>In order of creation.</summary>
    public IReadOnlyList<Network> Networks { get; private set; } = [];

    /// <summary>The first reading, in one round trip: these, and whether the networks in memory are still those.</summary>
    public async Task BeginAsync(IReadOnlyList<InstanceWork> works, IReadOnlyCollection<BlockKey> likelyBlocks, CancellationToken cancellation)
    {
        Guid[] instanceIds = [.. works.Select(work => work.InstanceId).OfType<Guid>().Distinct()];
        string[] hostNames = [.. works.Select(work => work.Host).Concat(works.Select(work => work.NamedHost).OfType<string>()).Distinct()];
        var batch = session.Documents.CreateBatchQuery();
        var stamp = NetworkDirectory.AskFor(batch);
        var instanceDocuments = batch.LoadMany<InstanceDocument>().ByIdList(instanceIds);
        var hostDocuments = batch.LoadMany<HostDocument>().ByIdList(hostNames);
        var blockDocuments = batch.LoadMany<BlockDocument>().ByIdList(likelyBlocks.Select(BlockDocument.IdOf));
        string[] projectIds = [.. works.Where(work => work.DefaultQuota is not null).Select(work => work.ProjectId).OfType<string>().Distinct()];
        var projectDocuments = batch.LoadMany<ProjectDocument>().ByIdList(projectIds);
        var likelyMacs = works.SelectMany(work => work.LikelyMacs?.Invoke(directory.Networks.Count) ?? []).ToList();
        var found = likelyMacs.Count > 0 ? SegmentMacs.AskFor(batch, likelyMacs) : null;
        await batch.Execute(cancellation);

        await directory.RefreshAsync(await stamp, session.Documents, cancellation);
        Networks = directory.Networks;
        quotas.Take(projectIds, await projectDocuments);
        Instances.Take(instanceIds, (await instanceDocuments).Select(document => (document.Id, document.State, document.StreamVersion)));
        TakeHosts(hostNames, await hostDocuments);
        TakeBlocks(likelyBlocks, await blockDocuments);
        if (found is not null)
        {
            TakeMacs(await found);
        }
    }

    /// <summary>
    /// The hosts where these instances are, the blocks that hold the addresses of those whose addresses may change, and what the quotas of their projects leave.
    /// </summary>
    public async Task LoadForAsync(IReadOnlyList<InstanceWork> works, CancellationToken cancellation)
    {
        await LoadHostsAsync(works.Select(InstanceOf).Select(instance => instance?.Host).OfType<string>(), cancellation);
        await LoadBlocksAsync(works.SelectMany(AddressesOf).Select(BlockOf).OfType<BlockKey>(), cancellation);
        await quotas.LoadAsync(
            works.Where(work => work.DefaultQuota is not null && ProjectOf(work) is not null).GroupBy(work => ProjectOf(work)!)
                .ToDictionary(project => project.Key, project => project.First().DefaultQuota!.Value),
            cancellation);
    }

    /// <summary>How many more fixed IPs the project of a work may have; null: no limit counts for it.</summary>
    public long? FixedIpsLeft(InstanceWork work) => work.DefaultQuota is null ? null : quotas.Left(ProjectOf(work));

    /// <summary>
    /// Before a network is given to a project: waits until no other commit does that. True when the decision is to be made again, since the networks may be others now.
    /// </summary>
    public async Task<bool> MustLockFirstUseAsync(CancellationToken cancellation)
    {
        if (mayAssign)
        {
            return false;
        }

        await directory.LockFirstUseAsync(session.Documents, cancellation);
        Networks = directory.Networks;
        return mayAssign = true;
    }

    public async Task LoadHostsAsync(IEnumerable<string> names, CancellationToken cancellation)
    {
        if (Hosts.Missing(names) is { Count: > 0 } missing)
        {
            TakeHosts(missing, await session.Documents.LoadManyAsync<HostDocument>(cancellation, missing));
        }
    }

    public async Task LoadBlocksAsync(IEnumerable<BlockKey> keys, CancellationToken cancellation)
    {
        if (Blocks.Missing(keys) is { Count: > 0 } missing)
        {
            TakeBlocks(missing, await session.Documents.LoadManyAsync<BlockDocument>(cancellation, missing.Select(BlockDocument.IdOf)));
        }
    }

    public async Task LoadMacAsync(MacAddress mac, CancellationToken cancellation)
    {
        var batch = session.Documents.CreateBatchQuery();
        var found = SegmentMacs.AskFor(batch, [mac]);
        await batch.Execute(cancellation);
        TakeMacs(await found);
    }

    /// <summary>The instance that a work is about; null: it is about none, or about one that was never heard of.</summary>
    public InstanceNetwork? InstanceOf(InstanceWork work) => work.InstanceId is { } id ? Instances.Find(id) : null;

    public void Append(Guid instanceId, InstanceEvent change, Origin origin)
    {
        var before = Instances.Find(instanceId);
        var had = SegmentMacsOf(before);
        Instances.Append(instanceId, change, origin);
        quotas.Note(before, Instances.Find(instanceId)!);
        var has = SegmentMacsOf(Instances.Find(instanceId));
        foreach (var (segment, mac) in had.Except(has).Where(entry => macs.ContainsKey(entry.Mac)))
        {
            macs[mac] = macs[mac].Remove(segment);
        }

        foreach (var (segment, mac) in has.Except(had))
        {
            macs[mac] = macs.GetValueOrDefault(mac, ImmutableHashSet<string>.Empty).Add(segment);
        }

        if (change is InstanceNetworkReleased or InstanceNetworkRefused)
        {
            session.Documents.Delete<InstanceMetadataDocument>(instanceId);
        }
    }

    /// <summary>An event of a network, behind the version that was read with all networks.</summary>
    public void Append(NetworkEvent change, Origin origin)
    {
        var stream = Streams.OfNetwork(change.NetworkId);
        appending.Read(stream, directory.VersionOf(change.NetworkId));
        appending.Add(stream, change, origin);
        Networks = [.. Networks.Select(network => network.Id == change.NetworkId ? Network.Evolve(network, change) : network).OfType<Network>()];
    }

    /// <summary>Keeps what the instance is told of itself, beside the log.</summary>
    public void Keep(Guid instanceId, InstanceMetadata metadata) =>
        session.Documents.Store(new InstanceMetadataDocument { Id = instanceId, Metadata = metadata });

    /// <summary>Everything or nothing.</summary>
    public async Task CommitAsync(CancellationToken cancellation)
    {
        appending.WriteTo(session);
        await session.CommitAsync(cancellation);
    }

    private BlockKey? BlockOf(Ipv4 address) =>
        Networks.FirstOrDefault(network => network.Cidr.Contains(address)) is { } network ? BlockKey.Of(network, address) : null;

    private string? ProjectOf(InstanceWork work) => work.ProjectId ?? InstanceOf(work)?.ProjectId;

    /// <summary>A network that is gone has no addresses any more.</summary>
    private IEnumerable<Ipv4> AddressesOf(InstanceWork work)
    {
        IEnumerable<Port> ports = InstanceOf(work) is not { } instance
            ? []
            : (work.NeedsBlocks ? instance.Ports : []).Concat(work.NeedsBlocks || work.NeedsLeaving ? instance.Leaving : []);
        return work.Address is { } address ? [address] : ports.Where(port => Networks.Any(network => network.Id == port.NetworkId)).Select(port => port.Address);
    }

    private IReadOnlyCollection<SegmentMac> SegmentMacsOf(InstanceNetwork? instance) =>
        SegmentMacChanges.Of(instance, id => Networks.FirstOrDefault(network => network.Id == id));

    private void TakeMacs(IReadOnlyDictionary<MacAddress, ImmutableHashSet<string>> found)
    {
        foreach (var (mac, segments) in found)
        {
            macs[mac] = segments;
        }
    }

    private void TakeHosts(IEnumerable<string> asked, IEnumerable<HostDocument> found) =>
        Hosts.Take(asked, found.Select(document => (document.Id, document.State, document.StreamVersion)));

    /// <summary>A block without a document is one that was never used.</summary>
    private void TakeBlocks(IReadOnlyCollection<BlockKey> asked, IEnumerable<BlockDocument> found)
    {
        var used = found.ToDictionary(document => new BlockKey(document.NetworkId, document.Index));
        Blocks.Take(asked, asked.Select(key => used.TryGetValue(key, out var document)
            ? (key, document.State, document.StreamVersion)
            : (key, Block.Fresh(key.NetworkId, key.Index), 0L)));
    }
}
