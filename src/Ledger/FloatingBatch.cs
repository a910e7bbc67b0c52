using Marten;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FloatingIps;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>What one commit has read of floating IPs, as it stands after the works decided so far.</summary>
internal sealed class FloatingBatch(LedgerSession session, Appending appending)
{
    private const string Blocks = LedgerSetup.SchemaName + ".mt_doc_floating_block";

    // Hosts begin at different places, so that they rarely meet in a block.
    private const string NearestFree = $"select first from {Blocks} where pool = @pool and free > 0 and first <> all(@seen) order by first < @from, first limit 1";

    private const string Exists = $"select exists (select from {Blocks} where pool = @pool and total > 0)";

    private const string Count =
        $"""
        select count(*) from {Blocks}, jsonb_each(data -> 'state' -> 'addresses') as address
        where data @> jsonb_build_object('owners', jsonb_build_array(@project)) and address.value ->> 'projectId' = @project
          and not coalesce((address.value ->> 'autoAssigned')::boolean, false)
        """;

    private readonly StreamKind<FloatingKey, FloatingBlock, FloatingIpEvent> streams =
        new(appending, Streams.OfFloatings, (key, state, change) => (state ?? FloatingBlock.Fresh(key)).Evolve(change));

    private readonly HashSet<Ipv4> read = [];
    private readonly Dictionary<string, FreeFloatings> free = [];
    private readonly Dictionary<string, ProjectFloatings> projects = [];

    public KnownFloatings Known => new() { Blocks = streams.States, Read = read, Free = free, Projects = projects };

    /// <summary>The blocks of all pools that begin with this address.</summary>
    public async Task LoadAsync(Ipv4 first, CancellationToken cancellation)
    {
        long wanted = first.Value;
        var found = await session.Documents.Query<FloatingBlockDocument>().Where(block => block.First == wanted).ToListAsync(cancellation);
        Take(found);
        read.Add(first);
    }

    /// <summary>A block of the pool that has a free address: one that is loaded, else another.</summary>
    public async Task OfferAsync(string pool, string host, CancellationToken cancellation)
    {
        var loaded = streams.States.Values.Where(block => block.Key.Pool == pool).ToList();
        if (loaded.Find(block => block.NextFree is not null) is { } known)
        {
            free[pool] = new FreeFloatings(known.Key, true);
            return;
        }

        var next = await AskAsync<long?>(NearestFree, cancellation, new("pool", pool), new("from", StartFor(host)), new("seen", loaded.Select(block => (long)block.Key.First.Value).ToArray()));
        if (next is { } first)
        {
            await LoadAsync(new Ipv4((uint)first), cancellation);
            free[pool] = new FreeFloatings(new FloatingKey(pool, new Ipv4((uint)first)), true);
            return;
        }

        free[pool] = new FreeFloatings(null, loaded.Exists(block => block.Addresses.Count > 0) || await AskAsync<bool>(Exists, cancellation, new NpgsqlParameter("pool", pool)));
    }

    /// <summary>What the project may have and has. Nobody else gives it any until the commit ends.</summary>
    public async Task CountAsync(string projectId, CancellationToken cancellation)
    {
        await AskAsync<object>("select pg_advisory_xact_lock(@lock)", cancellation, new NpgsqlParameter("lock", LedgerLocks.FloatingQuota));
        var quota = (await session.Documents.LoadAsync<ProjectDocument>(projectId, cancellation))?.State.FloatingIps;
        projects[projectId] = new ProjectFloatings(quota, await AskAsync<long>(Count, cancellation, new NpgsqlParameter("project", projectId)));
    }

    public void Append(FloatingBlockEvent change, Origin origin)
    {
        var before = streams.Find(change.Block);
        streams.Append(change.Block, change.Event, origin);
        switch (change.Event)
        {
            case FloatingIpAllocated { AutoAssigned: false } e:
                Used(e.ProjectId, 1);
                break;
            case FloatingIpReleased e:
                free.Remove(change.Block.Pool); // it has one again
                if (before?.Find(e.Address) is { AutoAssigned: false, ProjectId: { } owner })
                {
                    Used(owner, -1);
                }

                break;
        }
    }

    /// <summary>How many floating IPs a project has by its quota.</summary>
    internal static async Task<long> UsedAsync(NpgsqlConnection connection, string projectId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Count, connection) { Parameters = { new("project", projectId) } };
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static long StartFor(string host)
    {
        const uint fnvOffset = 2166136261, fnvPrime = 16777619;
        return host.Aggregate(fnvOffset, (sum, c) => unchecked((sum ^ c) * fnvPrime));
    }

    private void Used(string projectId, int change)
    {
        if (projects.TryGetValue(projectId, out var known))
        {
            projects[projectId] = known with { Used = known.Used + change };
        }
    }

    private void Take(IReadOnlyList<FloatingBlockDocument> found)
    {
        var missing = streams.Missing(found.Select(block => block.State.Key));
        streams.Take(missing, found.Where(block => missing.Contains(block.State.Key)).Select(block => (block.State.Key, block.State, block.StreamVersion)));
    }

    private async Task<T?> AskAsync<T>(string sql, CancellationToken cancellation, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, session.Connection);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteScalarAsync(cancellation) is T answer ? answer : default;
    }
}
