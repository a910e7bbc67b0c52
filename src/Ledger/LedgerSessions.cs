using System.Data;
using System.Globalization;
using JasperFx.Events;
using Marten;
using Marten.Services;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Ledger.Log;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>Opens the transactions that the ledgers work in.</summary>
/// <param name="program">Kept with each event: which program wrote it.</param>
internal sealed class LedgerSessions(IDocumentStore store, NpgsqlDataSource source, string program)
{
    private static readonly string LockNetworks = string.Create(CultureInfo.InvariantCulture, $"select pg_advisory_xact_lock({LedgerLocks.Networks})");

    public IDocumentStore Store { get; } = store;

    /// <summary>
    /// A transaction for reading, deciding and appending. It remembers the documents that it reads, so that the projection in its commit
    /// does not read them again.
    /// </summary>
    public Task<LedgerSession> WriteAsync(CancellationToken cancellation) => OpenAsync(IsolationLevel.ReadCommitted, cancellation);

    /// <summary>All that is read comes from one moment.</summary>
    public Task<LedgerSession> SnapshotAsync(CancellationToken cancellation) => OpenAsync(IsolationLevel.RepeatableRead, cancellation);

    /// <summary>A transaction for changing networks: it waits until no other does, and no commit about instances runs.</summary>
    public async Task<LedgerSession> NetworksAsync(CancellationToken cancellation)
    {
        var session = await WriteAsync(cancellation);
        try
        {
            await using var command = new NpgsqlCommand(LockNetworks, session.Connection);
            await command.ExecuteNonQueryAsync(cancellation);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    private async Task<LedgerSession> OpenAsync(IsolationLevel isolation, CancellationToken cancellation)
    {
        var connection = await source.OpenConnectionAsync(cancellation);
        try
        {
            var transaction = await connection.BeginTransactionAsync(isolation, cancellation);
            var session = Store.OpenSession(SessionOptions.ForTransaction(transaction, shouldAutoCommit: true).WithTracking(DocumentTracking.IdentityOnly));

            // Else Marten takes them from whatever activity opened the session, which has nothing to do with the messages in it.
            session.CausationId = null;
            session.CorrelationId = null;
            return new LedgerSession(connection, transaction, session, program);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

/// <summary>One transaction; rolled back unless <see cref="CommitAsync"/> ran through.</summary>
internal sealed class LedgerSession(NpgsqlConnection connection, NpgsqlTransaction transaction, IDocumentSession documents, string program) : IAsyncDisposable
{
    // With the time comes the transaction's number: from here on others can see that this transaction may still add to the log.
    private const string Stamp = "select clock_timestamp() from pg_current_xact_id()";

    // Only commits that have something for the world wake its teller: notifying commits wait for each other.
    private const string StampAndWake = $"select clock_timestamp(), pg_notify('{FactsFromLog.Channel}', '') from pg_current_xact_id()";

    private const string ReplyTo = "reply-to", ReplyCorrelation = "reply-correlation";

    private readonly List<IEvent> appended = [];

    public IDocumentSession Documents { get; } = documents;

    /// <summary>Who waits for what an event leads to.</summary>
    public static Asker? AskerOf(IEvent recorded) =>
        recorded.GetHeader(ReplyTo)?.ToString() is { Length: > 0 } queue
            ? new Asker(queue, recorded.GetHeader(ReplyCorrelation)?.ToString() is { Length: > 0 } correlation ? correlation : null)
            : null;

    public NpgsqlConnection Connection { get; } = connection;

    /// <summary>Appends one stream's events behind the version that the decision has seen. Throws on commit when the stream has moved on.</summary>
    public void Append(string stream, long versionSeen, IReadOnlyList<object> events, IReadOnlyList<Origin> origins)
    {
        var action = Documents.Events.Append(stream, versionSeen + events.Count, events);
        for (var index = 0; index < events.Count; index++)
        {
            var (recorded, origin) = (action.Events[index], origins[index]);
            recorded.CausationId = origin.MessageId;
            recorded.CorrelationId = origin.CorrelationId;
            recorded.UserName = origin.Requester;
            recorded.SetHeader("host", origin.Host);
            recorded.SetHeader("program", program);
            if (origin.Actions.Count > 0 && events[index] is InstanceEvent)
            {
                recorded.SetHeader("actions", origin.Actions);
            }

            if (origin.Asker is { } asker && events[index] is InstanceHostReady)
            {
                recorded.SetHeader(ReplyTo, asker.ReplyTo);
                recorded.SetHeader(ReplyCorrelation, asker.CorrelationId ?? "");
            }

            appended.Add(recorded);
        }
    }

    /// <summary>
    /// All events of a commit have one time, of the database's clock, taken after all reading and before any writing. So what a decision was made from is older
    /// than the decision, on whatever host, and a moment never falls into the middle of a commit (ADR 26).
    /// </summary>
    public async Task CommitAsync(CancellationToken cancellation)
    {
        if (appended.Count > 0)
        {
            await using var command = new NpgsqlCommand(appended.Exists(change => FactsFromLog.Tells(change.Data)) ? StampAndWake : Stamp, Connection);
            DateTimeOffset at = (DateTime)(await command.ExecuteScalarAsync(cancellation))!;
            appended.ForEach(change => change.Timestamp = at);
        }

        await Documents.SaveChangesAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await Documents.DisposeAsync();
        await transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
