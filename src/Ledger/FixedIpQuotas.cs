using Marten;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Projects;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>
/// How many more fixed IPs projects may have, in one commit. Those with a limit are locked until it ends and counted, so that of two programs that give a project
/// its last address one waits and then sees it; those without cost nothing.
/// </summary>
internal sealed class FixedIpQuotas(LedgerSession session)
{
    // In the order of the numbers, so that two who lock several do not wait for each other in a ring.
    private const string Lock = "select pg_advisory_xact_lock(@kind, number) from (select distinct hashtext(id) as number from unnest(@projects) as id order by number) as numbers";

    private readonly Dictionary<string, int?> own = [];
    private readonly Dictionary<string, long> left = [];

    /// <summary>Null: no limit, or it was not loaded.</summary>
    public long? Left(string? projectId) => projectId is not null && left.TryGetValue(projectId, out var number) ? number : null;

    /// <summary>Takes in what was read of these projects; those not found have no quota of their own.</summary>
    public void Take(IEnumerable<string> asked, IEnumerable<ProjectDocument> found)
    {
        foreach (var projectId in asked)
        {
            own.TryAdd(projectId, null);
        }

        foreach (var document in found)
        {
            own[document.Id] = document.State.FixedIps;
        }
    }

    /// <summary>Locks and counts those that have a limit.</summary>
    /// <param name="defaults">By project: its quota, when it has none of its own.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task LoadAsync(IReadOnlyDictionary<string, int> defaults, CancellationToken cancellation)
    {
        if (defaults.Keys.Where(projectId => !own.ContainsKey(projectId)).ToList() is { Count: > 0 } missing)
        {
            Take(missing, await session.Documents.LoadManyAsync<ProjectDocument>(cancellation, missing));
        }

        var limits = defaults.ToDictionary(entry => entry.Key, entry => own[entry.Key] ?? entry.Value).Where(entry => entry.Value > Project.Unlimited).ToDictionary();
        if (limits.Count == 0)
        {
            return;
        }

        await using var locking = new NpgsqlCommand(Lock, session.Connection);
        locking.Parameters.AddWithValue("kind", LedgerLocks.Quota);
        locking.Parameters.AddWithValue("projects", limits.Keys.ToArray());
        await locking.ExecuteNonQueryAsync(cancellation);
        var used = await UsedAsync(session.Connection, [.. limits.Keys], cancellation);
        foreach (var (projectId, limit) in limits)
        {
            left[projectId] = limit - used.GetValueOrDefault(projectId);
        }
    }

    /// <summary>An event of this commit may have changed how many addresses an instance has.</summary>
    public void Note(InstanceNetwork? before, InstanceNetwork after)
    {
        if (after.ProjectId is { } projectId && left.TryGetValue(projectId, out var number))
        {
            left[projectId] = number + (before?.QuotaUse ?? 0) - after.QuotaUse;
        }
    }

    /// <summary>How many fixed IPs the instances of these projects have; one without any is missing. Costs what these instances are many.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> UsedAsync(NpgsqlConnection connection, string[] projectIds, CancellationToken cancellation)
    {
        const string sql =
            $"""
            select project_id, sum((data ->> 'quotaUse')::bigint)::bigint from {LedgerSetup.SchemaName}.mt_doc_instance
            where project_id = any(@projects) and served_by is not null group by project_id
            """;
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("projects", projectIds);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var used = new Dictionary<string, long>();
        while (await reader.ReadAsync(cancellation))
        {
            used[reader.GetString(0)] = reader.GetInt64(1);
        }

        return used;
    }
}
