using System.Data;
using Marten;
using Marten.Services;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>Opens the transactions that the ledgers work in.</summary>
internal sealed class LedgerSessions(IDocumentStore store, NpgsqlDataSource source)
{
    public IDocumentStore Store { get; } = store;

    /// <summary>
    /// A transaction for reading, deciding and appending. It remembers the documents that it reads, so that the projection in its commit
    /// does not read them again.
    /// </summary>
    public Task<LedgerSession> WriteAsync(CancellationToken cancellation) => OpenAsync(IsolationLevel.ReadCommitted, cancellation);

    /// <summary>All that is read comes from one moment.</summary>
    public Task<LedgerSession> SnapshotAsync(CancellationToken cancellation) => OpenAsync(IsolationLevel.RepeatableRead, cancellation);

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
            return new LedgerSession(connection, transaction, session);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

/// <summary>One transaction; rolled back unless <see cref="CommitAsync"/> ran through.</summary>
internal sealed class LedgerSession(NpgsqlConnection connection, NpgsqlTransaction transaction, IDocumentSession documents) : IAsyncDisposable
{
    public IDocumentSession Documents { get; } = documents;

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
        }
    }

    public Task CommitAsync(CancellationToken cancellation) => Documents.SaveChangesAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await Documents.DisposeAsync();
        await transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
