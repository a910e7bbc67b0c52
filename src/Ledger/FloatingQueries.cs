using Marten;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FloatingIps;

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
        long first = FloatingKey.FirstOf(address).Value;
        var blocks = await session.Documents.Query<FloatingBlockDocument>().Where(block => block.First == first).ToListAsync(cancellation);
        if (blocks.FirstOrDefault(block => block.State.Find(address) is not null) is not { } home)
        {
            return null;
        }

        var floating = home.State.Find(address)!;
        var hosts = await HostsAsync(session, floating.InstanceId is { } id ? [id] : [], cancellation);
        return new FloatingEntry(home.Pool, floating, HostOf(floating, hosts));
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
