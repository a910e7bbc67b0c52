using System.Data;
using System.Diagnostics;
using System.Text.Json;
using Marten;
using NovaNetBus.Domain.Instances;
using Npgsql;

namespace NovaNetBus.Ledger.Log;

/// <summary>One thing that is not as the log says.</summary>
/// <param name="Where">The event, the stream, or the read model with the record's id and the field.</param>
/// <param name="Expected">What the log says; null: it should not be there.</param>
/// <param name="Found">What stands there; null: nothing.</param>
public sealed record LogDifference(string Where, string? Expected, string? Found);

/// <summary>What a verification came to.</summary>
/// <param name="Events">How many were read.</param>
/// <param name="Documents">How many records of read models were compared.</param>
/// <param name="Took">From beginning to end.</param>
public sealed record LogVerified(long Events, long Documents, TimeSpan Took, IReadOnlyList<LogDifference> Differences);

/// <summary>
/// Makes every read model anew from the events alone, in memory, and compares it with what stands in the store, all as of one moment. It takes no lock: everything goes on beside it.
/// Throws on an outage.
/// </summary>
public sealed class LogVerification
{
    private readonly IDocumentStore store;
    private readonly NpgsqlDataSource source;

    internal LogVerification(IDocumentStore store, NpgsqlDataSource source) => (this.store, this.source) = (store, source);

    /// <param name="progress">Is told now and then how many events were read.</param>
    public async Task<LogVerified> RunAsync(Action<long> progress, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using (var patience = PatientCommand.Of("set local idle_in_transaction_session_timeout = 0", connection))
        {
            await patience.ExecuteNonQueryAsync(cancellation);
        }

        var run = new Run(store, connection, await LogProgress.ReadAsync(connection, Presence.Name, cancellation));
        await run.ReadAsync(progress, cancellation);
        await run.CompareStreamsAsync(cancellation);
        var made = run.Made();
        foreach (var type in Snapshots.Documents)
        {
            await run.CompareAsync(type, made[type], cancellation);
        }

        await run.CompareMacsAsync(cancellation);
        await run.ComparePresenceAsync(cancellation);
        return new LogVerified(run.Events, run.Compared, Stopwatch.GetElapsedTime(started), run.Differences);
    }

    private sealed class Run(IDocumentStore store, NpgsqlConnection connection, long presenceUpTo)
    {
        private const int ProgressEach = 10_000;

        private readonly MemoryFold fold = new();
        private readonly Dictionary<string, long> versions = [];
        private readonly Dictionary<string, PresenceFold> presence = [];

        public List<LogDifference> Differences { get; } = [];

        public long Events { get; private set; }

        public long Compared { get; private set; }

        /// <summary>Straight from the table in the order of the log: Marten's own reading takes five times as long.</summary>
        public async Task ReadAsync(Action<long> progress, CancellationToken cancellation)
        {
            await using var command = PatientCommand.Of(
                $"select seq_id, stream_id, version, type, timestamp, data from {LoggedEvent.Table} where {LoggedEvent.IsEvent} order by seq_id", connection);
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            while (await rows.ReadAsync(cancellation))
            {
                Take(new LoggedEvent(
                    rows.GetInt64(0), rows.GetString(1), rows.GetInt64(2), rows.GetString(3), rows.GetFieldValue<DateTimeOffset>(4),
                    null, null, null, null, null, rows.GetString(5)));
                if (++Events % ProgressEach == 0)
                {
                    progress(Events);
                }
            }
        }

        /// <summary>What the events come to, by kind.</summary>
        public ILookup<Type, object> Made() => fold.Documents().ToLookup(document => document.GetType());

        /// <summary>Each stream's own count of its events.</summary>
        public async Task CompareStreamsAsync(CancellationToken cancellation)
        {
            await using var command = PatientCommand.Of($"select id, version from {LedgerSetup.SchemaName}.mt_streams where id <> 'mt_tombstone'", connection);
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            while (await rows.ReadAsync(cancellation))
            {
                var (stream, version) = (rows.GetString(0), rows.GetInt64(1));
                if (versions.GetValueOrDefault(stream) is var counted && counted != version)
                {
                    Differences.Add(new LogDifference($"stream {stream}: version", $"{counted}", $"{version}"));
                }
            }
        }

        public async Task CompareAsync(Type type, IEnumerable<object> made, CancellationToken cancellation)
        {
            var documents = new StoredDocuments(store, type);
            var expected = made.ToDictionary(documents.IdOf, documents.Json);
            Compared += expected.Count;
            await foreach (var (id, json) in documents.ReadAsync(connection, cancellation))
            {
                if (expected.Remove(id, out var wanted))
                {
                    Differences.AddRange(JsonDifferences.Between($"{documents.Name} {id}", wanted, json));
                }
                else
                {
                    Differences.Add(new LogDifference($"{documents.Name} {id}", null, json.GetRawText()));
                }
            }

            Differences.AddRange(expected.Select(missing => new LogDifference($"{documents.Name} {missing.Key}", missing.Value.GetRawText(), null)));
            Differences.AddRange(await documents.ColumnDifferencesAsync(connection, cancellation));
        }

        public async Task CompareMacsAsync(CancellationToken cancellation)
        {
            var found = await SegmentMacs.ReadAsync(connection, cancellation);
            Compared += fold.Macs.Count;
            Differences.AddRange(found.Except(fold.Macs).Select(mac => new LogDifference($"segment_mac {mac.Segment} {mac.Mac}", null, $"{mac.Mac}")));
            Differences.AddRange(fold.Macs.Where(mac => !found.Contains(mac)).Select(mac => new LogDifference($"segment_mac {mac.Segment} {mac.Mac}", $"{mac.Mac}", null)));
        }

        public async Task ComparePresenceAsync(CancellationToken cancellation)
        {
            var expected = presence.Values.SelectMany(story => story.Spans).ToHashSet();
            var found = await Presence.ReadAsync(connection, cancellation);
            Compared += expected.Count;
            Differences.AddRange(found.Where(span => !expected.Contains(span)).Select(span => new LogDifference(Where(span), null, $"{span.Since:O} to {span.Until:O}")));
            Differences.AddRange(expected.Except(found).Select(span => new LogDifference(Where(span), $"{span.Since:O} to {span.Until:O}", null)));

            static string Where(PresenceSpan span) => $"presence {span.Stream} on {span.Host}";
        }

        private void Take(LoggedEvent stored)
        {
            var expected = versions.GetValueOrDefault(stored.Stream) + 1;
            versions[stored.Stream] = stored.Version;
            if (stored.Version != expected)
            {
                Differences.Add(new LogDifference($"event {stored.Sequence} of stream {stored.Stream}: version", $"{expected}", $"{stored.Version}"));
            }

            try
            {
                var change = EventCodec.Read(stored);
                fold.Apply(change);
                if (stored.Sequence <= presenceUpTo && change.Data is InstanceEvent)
                {
                    (presence.TryGetValue(stored.Stream, out var story) ? story : presence[stored.Stream] = new PresenceFold(stored.Stream)).Apply(change);
                }
            }
            catch (Exception fault) when (fault is JsonException or KeyNotFoundException or FormatException or NullReferenceException or InvalidOperationException or ArgumentException)
            {
                Differences.Add(new LogDifference($"event {stored.Sequence} of stream {stored.Stream}", $"an event {stored.Type} that can follow", $"{fault.Message} {stored.Data}"));
            }
        }
    }
}
