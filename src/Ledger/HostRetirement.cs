using Marten;
using NovaNetBus.Domain;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Instances;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>
/// Hosts that are gone for good, and what they held. First the host is retired, so that nothing comes to it any more; then its instances end, one by one, and what is left
/// in blocks is freed. Each part may be done again, and is not done to a host that has joined anew meanwhile. Every method throws on an outage.
/// </summary>
public sealed class HostRetirement
{
    private const string BlocksOfHost = $"select network_id, index from {LedgerSetup.SchemaName}.mt_doc_block where data -> 'hosts' ? @host";
    private const string RetiredHosts = $"select id from {LedgerSetup.SchemaName}.mt_doc_host where (data -> 'state' ->> 'isRetired')::boolean";

    private readonly LedgerWriter writer;
    private readonly LedgerSessions sessions;

    internal HostRetirement(LedgerWriter writer, LedgerSessions sessions) => (this.writer, this.sessions) = (writer, sessions);

    /// <summary>
    /// Retires a host and frees what it held; again, what is left of it. The instances that ended by it. Refused with host-not-found, or with host-is-alive when its worker
    /// was heard of after <paramref name="silentSince"/>.
    /// </summary>
    public async Task<Decision<InstanceNetwork>> ForgetAsync(string host, DateTimeOffset silentSince, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        if (await WhyNotAsync(host, silentSince, cancellation) is { } refusal)
        {
            return refusal;
        }

        await writer.SubmitAsync(new InstanceWork(null, host, now, origin, situation => Reaping.Forget(situation, now)), cancellation);
        return (await SweepAsync(host, now, origin, cancellation)).ToValueList();
    }

    /// <summary>Finishes what <see cref="ForgetAsync"/> had begun when its program died, for all retired hosts.</summary>
    public async Task SweepAllAsync(DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        foreach (var host in await RetiredAsync(cancellation))
        {
            await SweepAsync(host, now, origin, cancellation);
        }
    }

    private async Task<IEnumerable<InstanceNetwork>> SweepAsync(string host, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        var instances = await InstancesAsync(host, cancellation);
        var ended = await Task.WhenAll(instances.Select(id => writer.SubmitAsync(
            new InstanceWork(id, host, now, origin with { CorrelationId = id.ToString() }, situation => InstanceDecisions.Forgotten(id, situation, now), NeedsBlocks: true), cancellation)));
        var blocks = await BlocksAsync(host, cancellation);
        await Task.WhenAll(blocks.Select(key => writer.SubmitAsync(
            new InstanceWork(null, host, now, origin, situation => Reaping.OfForgottenHost(key, situation, now)), cancellation)));
        return ended.Select(outcome => outcome.State).OfType<InstanceNetwork>().Where(instance => instance.Status == InstanceStatus.Released);
    }

    private async Task<Refusal?> WhyNotAsync(string host, DateTimeOffset silentSince, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        if (await session.Documents.LoadAsync<HostDocument>(host, cancellation) is not { State: var state })
        {
            return new Refusal("host-not-found", $"No worker is known on host '{host}'; see 'novanet host list'.");
        }

        var seen = (await session.Documents.LoadAsync<HostReportDocument>(host, cancellation))?.LastSeen;
        return !state.IsRetired && seen > silentSince
            ? new Refusal("host-is-alive", $"The worker of {host} was heard of at {seen:u}; stop it first, and forget the host only when it is gone for good.")
            : null;
    }

    private async Task<IReadOnlyList<Guid>> InstancesAsync(string host, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var documents = await session.Documents.Query<InstanceDocument>()
            .Where(instance => instance.Host == host && instance.Status != InstanceStatus.Released).ToListAsync(cancellation);
        return [.. documents.Where(document => document.State.IsAttended && document.State.ConcernedHosts().Count > 0).Select(document => document.Id)];
    }

    private async Task<IReadOnlyList<BlockKey>> BlocksAsync(string host, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        await using var command = new NpgsqlCommand(BlocksOfHost, session.Connection);
        command.Parameters.AddWithValue("host", host);
        return await BlockKeys.ReadAsync(command, cancellation);
    }

    private async Task<IReadOnlyList<string>> RetiredAsync(CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        await using var command = new NpgsqlCommand(RetiredHosts, session.Connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var hosts = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            hosts.Add(reader.GetString(0));
        }

        return hosts;
    }
}
