using Marten;
using NovaNetBus.Domain.Retention;
using Npgsql;

namespace NovaNetBus.Ledger.Log;

/// <summary>
/// Puts away what is long gone (ADR 34): streams of instances are archived, which changes no answer, and, where the operator wants that, taken out of the log behind a horizon that the log itself tells.
/// Safe to do twice, also at the same time, and to be killed at any point. Every method throws on an outage.
/// </summary>
public sealed class LogRetention
{
    private const int Batch = 500;

    private const string Schema = LedgerSetup.SchemaName;

    // By the log's own time: a document has that of a host's clock.
    private const string LastEvent = $"(select max(timestamp) from {LoggedEvent.Table} where stream_id = streams.id)";

    private const string Gone =
        $"{Schema}.mt_doc_instance as gone join {Schema}.mt_streams as streams on streams.id = 'instance-' || gone.id where gone.status = 'Released' and {LastEvent} < @before";

    private const string Archive =
        $"select count({Schema}.mt_archive_stream(id)::text) from (select streams.id from {Gone} and not streams.is_archived limit @batch) as ended";

    // The stream takes its events along. What the world has still to be told of stays.
    private const string TrimInstances =
        $"""
        with ended as (
          select streams.id, gone.id as instance from {Gone} and not exists (select from {LoggedEvent.Table} where stream_id = streams.id and seq_id > @told) limit @batch),
        documents as (delete from {Schema}.mt_doc_instance where id in (select instance from ended)),
        spans as (delete from {Presence.Table} where stream in (select id from ended))
        delete from {Schema}.mt_streams where id in (select id from ended)
        """;

    private const string TrimRequests =
        $"""
        delete from {Schema}.mt_streams where id in (
          select stream_id from {LoggedEvent.Table} where timestamp < @before and left(stream_id, 8) = 'request-' limit @batch)
        """;

    private const string Horizon = $"select max((data ->> 'before')::timestamptz) from {LoggedEvent.Table} where stream_id = '{Streams.OfLog}'";

    private readonly LedgerSessions sessions;
    private readonly NpgsqlDataSource source;

    internal LogRetention(LedgerSessions sessions, NpgsqlDataSource source) => (this.sessions, this.source) = (sessions, source);

    /// <summary>Before this moment the log does not tell any more what was so; null: it tells all. Asked after an answer was read, it says whether that one counts.</summary>
    public async Task<DateTimeOffset?> HorizonAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand(Horizon, connection);
        return await command.ExecuteScalarAsync(cancellation) is DateTime before ? before : null;
    }

    /// <summary>Archives the streams of instances that were gone before a moment; how many. Their events stay where they are, and all answers with them.</summary>
    public async Task<long> ArchiveAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var command = PatientCommand.Of(Archive, connection);
        command.Parameters.AddWithValue("before", before.UtcDateTime);
        command.Parameters.AddWithValue("batch", Batch);
        return await UntilNoneAsync(async () => (long)(await command.ExecuteScalarAsync(cancellation))!);
    }

    /// <summary>
    /// Takes the streams of instances that were gone before a moment out of the log, and those of requests that ended before it; how many. That moment is the horizon from then on, and never goes back:
    /// an earlier one only finishes what was begun.
    /// </summary>
    public async Task<long> TrimAsync(DateTimeOffset before, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        if (await HorizonAsync(cancellation) is not { } horizon || horizon < before)
        {
            await RecordAsync(new LogTrimmed(before, now), origin, cancellation);
        }

        await using var connection = await source.OpenConnectionAsync(cancellation);
        var told = await LogProgress.ReadAsync(connection, LogProgress.Facts, cancellation);
        await using var instances = PatientCommand.Of(TrimInstances, connection);
        await using var requests = PatientCommand.Of(TrimRequests, connection);
        instances.Parameters.AddWithValue("told", told);
        foreach (var command in (NpgsqlCommand[])[instances, requests])
        {
            command.Parameters.AddWithValue("before", before.UtcDateTime);
            command.Parameters.AddWithValue("batch", Batch);
        }

        return await UntilNoneAsync(async () => await instances.ExecuteNonQueryAsync(cancellation)) + await UntilNoneAsync(async () => await requests.ExecuteNonQueryAsync(cancellation));
    }

    /// <summary>The horizon comes before anything is taken out, so that whoever finds something missing finds it too.</summary>
    private async Task RecordAsync(LogTrimmed trimmed, Origin origin, CancellationToken cancellation)
    {
        try
        {
            await using var session = await sessions.WriteAsync(cancellation);
            var version = (await session.Documents.Events.FetchStreamStateAsync(Streams.OfLog, cancellation))?.Version ?? 0;
            session.Append(Streams.OfLog, version, [trimmed], [origin]);
            await session.CommitAsync(cancellation);
        }
        catch (Exception exception) when (StoreFaults.IsLostRace(exception))
        {
            await RecordAsync(trimmed, origin, cancellation); // another leader was first; twice does no harm
        }
    }

    private static async Task<long> UntilNoneAsync(Func<Task<long>> batch)
    {
        var (all, last) = (0L, 1L);
        while (last > 0)
        {
            all += last = await batch();
        }

        return all;
    }
}
