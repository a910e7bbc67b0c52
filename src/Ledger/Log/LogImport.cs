using Marten;
using NpgsqlTypes;
using Npgsql;
using Weasel.Core;

namespace NovaNetBus.Ledger.Log;

/// <summary>Fills an empty store with a log that was made elsewhere, and makes everything else from it. Throws on an outage.</summary>
public sealed class LogImport
{
    private const int Batch = 5_000;

    private readonly IDocumentStore store;
    private readonly NpgsqlDataSource source;
    private readonly LedgerSchema schema;

    internal LogImport(IDocumentStore store, NpgsqlDataSource source, LedgerSchema schema) => (this.store, this.source, this.schema) = (store, source, schema);

    /// <summary>Makes our tables in an empty database.</summary>
    public Task MakeSchemaAsync(CancellationToken cancellation) => schema.ApplyAsync(cancellation);

    /// <summary>Writes these events and builds the read models. The store has our tables and no event.</summary>
    /// <param name="events">In the order of the log, each stream from version 1 on; what they hold is written as it is.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task WriteAsync(IEnumerable<LoggedEvent> events, CancellationToken cancellation)
    {
        var (versions, last) = (new Dictionary<string, long>(), 0L);
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, $"alter table {LoggedEvent.Table} drop constraint fkey_mt_events_stream_id", cancellation);
        await using (var rows = await connection.BeginBinaryImportAsync(
            $"copy {LoggedEvent.Table} (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, user_name, is_archived) from stdin (format binary)",
            cancellation))
        {
            foreach (var change in events)
            {
                (versions[change.Stream], last) = (change.Version, change.Sequence);
                await WriteAsync(rows, change, cancellation);
            }

            await rows.CompleteAsync(cancellation);
        }

        await WriteStreamsAsync(connection, versions, cancellation);
        await ExecuteAsync(
            connection, $"alter table {LoggedEvent.Table} add constraint fkey_mt_events_stream_id foreign key (stream_id) references {LedgerSetup.SchemaName}.mt_streams (id) on delete cascade", cancellation);
        await ExecuteAsync(connection, $"select setval('{LedgerSetup.SchemaName}.mt_events_sequence', {last})", cancellation);
        await LogProgress.WriteAsync(connection, LogProgress.Facts, last, cancellation);
        await transaction.CommitAsync(cancellation);
        await BuildAsync(store, source, _ => { }, cancellation);
    }

    /// <summary>Makes the documents from the events that a store has, and nothing else.</summary>
    internal static async Task<(long Events, long Documents)> BuildAsync(IDocumentStore store, NpgsqlDataSource source, Action<long> progress, CancellationToken cancellation)
    {
        var fold = new MemoryFold();
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using (var command = PatientCommand.Of($"select {LoggedEvent.Columns} from {LoggedEvent.Table} where {LoggedEvent.IsEvent} order by seq_id", connection))
        {
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            while (await rows.ReadAsync(cancellation))
            {
                fold.Apply(EventCodec.Read(LoggedEvent.Read(rows)));
                if (fold.Events % Batch == 0)
                {
                    progress(fold.Events);
                }
            }
        }

        var documents = fold.Documents().ToList();
        await store.BulkInsertDocumentsAsync(documents, BulkInsertMode.InsertsOnly, Batch, cancellation);
        await using var session = store.LightweightSession();
        SegmentMacs.Write(session, [], fold.Macs);
        await session.SaveChangesAsync(cancellation);
        return (fold.Events, documents.Count);
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter rows, LoggedEvent change, CancellationToken cancellation)
    {
        await rows.StartRowAsync(cancellation);
        await rows.WriteAsync(change.Sequence, NpgsqlDbType.Bigint, cancellation);
        await rows.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, cancellation);
        await rows.WriteAsync(change.Stream, NpgsqlDbType.Varchar, cancellation);
        await rows.WriteAsync(change.Version, NpgsqlDbType.Bigint, cancellation);
        await rows.WriteAsync(change.Data, NpgsqlDbType.Jsonb, cancellation);
        await rows.WriteAsync(change.Type, NpgsqlDbType.Varchar, cancellation);
        await rows.WriteAsync(change.At.UtcDateTime, NpgsqlDbType.TimestampTz, cancellation);
        await rows.WriteAsync("*DEFAULT*", NpgsqlDbType.Varchar, cancellation);
        await rows.WriteAsync(EventNames.All.First(pair => pair.Value == change.Type).Key is { } type ? $"{type.FullName}, {type.Assembly.GetName().Name}" : "", NpgsqlDbType.Varchar, cancellation);
        await WriteTextAsync(change.CorrelationId);
        await WriteTextAsync(change.CausationId);
        var actions = change.Actions is null ? "" : $""","actions":{change.Actions}""";
        await rows.WriteAsync($$"""{"host":"{{change.Host}}","program":"{{change.Program}}"{{actions}}}""", NpgsqlDbType.Jsonb, cancellation);
        await WriteTextAsync(change.User);
        await rows.WriteAsync(false, NpgsqlDbType.Boolean, cancellation);

        Task WriteTextAsync(string? text) => text is null ? rows.WriteNullAsync(cancellation) : rows.WriteAsync(text, NpgsqlDbType.Varchar, cancellation);
    }

    private static async Task WriteStreamsAsync(NpgsqlConnection connection, Dictionary<string, long> versions, CancellationToken cancellation)
    {
        await using var rows = await connection.BeginBinaryImportAsync($"copy {LedgerSetup.SchemaName}.mt_streams (id, version) from stdin (format binary)", cancellation);
        foreach (var (stream, version) in versions)
        {
            await rows.StartRowAsync(cancellation);
            await rows.WriteAsync(stream, NpgsqlDbType.Varchar, cancellation);
            await rows.WriteAsync(version, NpgsqlDbType.Bigint, cancellation);
        }

        await rows.CompleteAsync(cancellation);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = PatientCommand.Of(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
