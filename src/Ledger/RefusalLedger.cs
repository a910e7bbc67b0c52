using System.Security.Cryptography;
using System.Text;
using NovaNetBus.Domain.Requests;

namespace NovaNetBus.Ledger;

/// <summary>Keeps what was refused, each in a stream of its own: a refusal meets nobody and holds nobody up. Throws on an outage.</summary>
public sealed class RefusalLedger
{
    private readonly LedgerSessions sessions;

    internal RefusalLedger(LedgerSessions sessions) => this.sessions = sessions;

    /// <summary>Records it once for each message, however often that is delivered.</summary>
    public async Task RecordAsync(RequestRefused refused, Origin origin, CancellationToken cancellation)
    {
        try
        {
            await using var session = await sessions.WriteAsync(cancellation);
            session.Append(Streams.OfRequest(IdOf(origin)), 0, [refused], [origin]);
            await session.CommitAsync(cancellation);
        }
        catch (Exception exception) when (StoreFaults.IsLostRace(exception))
        {
            // It was delivered before, and stands there.
        }
    }

    /// <summary>A message's id is any text of anybody's choice, and may come to several hosts.</summary>
    private static Guid IdOf(Origin origin) => origin.MessageId is { } message
        ? new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{origin.Host}\n{message}")).AsSpan(0, 16))
        : Guid.NewGuid();
}
