using System.Globalization;
using NovaNetBus.Domain.Requests;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>Keeps what operators do to messages that could not be handled, and lets them do it one after the other, whichever scheduler they ask. Throws on an outage.</summary>
public sealed class FailedMessageLedger
{
    private static readonly string Lock = string.Create(CultureInfo.InvariantCulture, $"select pg_advisory_xact_lock({LedgerLocks.FailedMessages})");

    private readonly LedgerSessions sessions;

    internal FailedMessageLedger(LedgerSessions sessions) => this.sessions = sessions;

    /// <summary>Waits until nobody else looks into the error queues. Others wait until it is disposed of or recorded.</summary>
    public async Task<FailedMessageWork> BeginAsync(CancellationToken cancellation)
    {
        var session = await sessions.WriteAsync(cancellation);
        try
        {
            await using var command = new NpgsqlCommand(Lock, session.Connection);
            await command.ExecuteNonQueryAsync(cancellation);
            return new FailedMessageWork(session);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }
}

/// <summary>The time in which one operator has the error queues.</summary>
public sealed class FailedMessageWork : IAsyncDisposable
{
    private readonly LedgerSession session;

    internal FailedMessageWork(LedgerSession session) => this.session = session;

    /// <summary>Records what was done, and lets the next operator in. Once.</summary>
    public async Task RecordAsync(IReadOnlyList<RequestEvent> events, Origin origin, CancellationToken cancellation)
    {
        session.Append(Streams.OfRequest(Guid.NewGuid()), 0, events, [.. events.Select(_ => origin)]);
        await session.CommitAsync(cancellation);
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();
}
