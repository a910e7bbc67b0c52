using Marten;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Ledger;

/// <summary>A floating IP, its pool, and where its instance is; null: it leads to none.</summary>
public sealed record FloatingEntry(string Pool, FloatingIp Floating, string? Host);

/// <summary>How many addresses a pool has. Allocated and free are all of them; associated are some of the allocated.</summary>
public sealed record FloatingPool(string Name, long Total, long Allocated, long Associated, long Free);

/// <summary>What is asked of floating IPs. Each answer is of one moment. Every method throws on an outage.</summary>
public sealed class FloatingQueries
{
    private readonly LedgerSessions sessions;

    internal FloatingQueries(LedgerSessions sessions) => this.sessions = sessions;

    /// <summary>All floating IPs in order; null: of any host, pool, project.</summary>
    public async Task<IReadOnlyList<FloatingEntry>> ListAsync(string? host, string? pool, string? project, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var blocks = session.Documents.Query<FloatingBlockDocument>().AsQueryable();
        var found = await (pool is null ? blocks : blocks.Where(block => block.Pool == pool)).ToListAsync(cancellation);
        var wanted = found.SelectMany(block => block.State.Addresses.Values.Where(floating => project is null || floating.ProjectId == project)
            .Select(floating => (block.Pool, Floating: floating))).ToList();
        var hosts = await HostsAsync(session, wanted.Select(entry => entry.Floating.InstanceId).OfType<Guid>(), cancellation);
        return
        [
            .. wanted.Select(entry => new FloatingEntry(entry.Pool, entry.Floating, HostOf(entry.Floating, hosts)))
                .Where(entry => host is null || entry.Host == host).OrderBy(entry => entry.Floating.Address),
        ];
    }

    /// <summary>One floating IP; null: no pool has it.</summary>
    public async Task<FloatingEntry?> FindAsync(Ipv4 address, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        if (await PlaceAsync(session, address, cancellation) is not { Floating: var floating } place)
        {
            return null;
        }

        var hosts = await HostsAsync(session, floating.InstanceId is { } id ? [id] : [], cancellation);
        return new FloatingEntry(place.Block.Pool, floating, HostOf(floating, hosts));
    }

    /// <summary>What comes next for a floating-associate: see <see cref="FloatingWays.ToAssociate"/>.</summary>
    public async Task<FloatingWay> WayToAssociateAsync(AssociateFloating command, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var (named, holder) = await ReadAsync(session, command.FloatingIp, cancellation);
        var instance = (await session.Documents.LoadAsync<InstanceDocument>(command.InstanceId, cancellation))?.State;
        return FloatingWays.ToAssociate(command, instance, named, holder);
    }

    /// <summary>What comes next for a floating-disassociate: see <see cref="FloatingWays.ToDisassociate"/>.</summary>
    public async Task<FloatingWay> WayToDisassociateAsync(string address, string projectId, string? request, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var (named, holder) = await ReadAsync(session, address, cancellation);
        return FloatingWays.ToDisassociate(address, projectId, request, named, holder);
    }

    /// <summary>How many floating IPs a project has by its quota.</summary>
    public async Task<long> UsedAsync(string projectId, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        return await FloatingBatch.UsedAsync(session.Connection, projectId, cancellation);
    }

    /// <summary>All pools that have addresses, by name.</summary>
    public async Task<IReadOnlyList<FloatingPool>> PoolsAsync(CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var blocks = await session.Documents.Query<FloatingBlockDocument>().ToListAsync(cancellation);
        return
        [
            .. blocks.GroupBy(block => block.Pool).Select(pool => Sum(pool.Key, [.. pool.SelectMany(block => block.State.Addresses.Values)]))
                .Where(pool => pool.Total > 0).OrderBy(pool => pool.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>The floating IP of this text, and the instance that it leads to; null: there is none.</summary>
    private static async Task<(FloatingIp? Named, InstanceNetwork? Holder)> ReadAsync(LedgerSession session, string? text, CancellationToken cancellation)
    {
        if (!Ipv4.TryParse(text, out var address) || (await PlaceAsync(session, address, cancellation))?.Floating is not { } named)
        {
            return (null, null);
        }

        return (named, named.InstanceId is { } id ? (await session.Documents.LoadAsync<InstanceDocument>(id, cancellation))?.State : null);
    }

    private static async Task<FloatingPlace?> PlaceAsync(LedgerSession session, Ipv4 address, CancellationToken cancellation)
    {
        long first = FloatingKey.FirstOf(address).Value;
        var blocks = await session.Documents.Query<FloatingBlockDocument>().Where(block => block.First == first).ToListAsync(cancellation);
        return blocks.Select(block => block.State.Find(address) is { } floating ? new FloatingPlace(block.State.Key, floating) : null).FirstOrDefault(place => place is not null);
    }

    private static FloatingPool Sum(string name, IReadOnlyList<FloatingIp> addresses)
    {
        var free = addresses.Count(floating => floating.IsFree);
        return new FloatingPool(name, addresses.Count, addresses.Count - free, addresses.Count(floating => floating.IsAssociated), free);
    }

    private static async Task<IReadOnlyDictionary<Guid, string?>> HostsAsync(LedgerSession session, IEnumerable<Guid> instances, CancellationToken cancellation)
    {
        Guid[] ids = [.. instances.Distinct()];
        var found = ids.Length == 0 ? [] : await session.Documents.LoadManyAsync<InstanceDocument>(cancellation, ids);
        return found.ToDictionary(instance => instance.Id, instance => instance.Host);
    }

    private static string? HostOf(FloatingIp floating, IReadOnlyDictionary<Guid, string?> hosts) => floating.InstanceId is { } id ? hosts.GetValueOrDefault(id) : null;
}
