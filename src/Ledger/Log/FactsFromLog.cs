using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Npgsql;

namespace NovaNetBus.Ledger.Log;

/// <summary>An event that the world may have to be told of.</summary>
/// <param name="Id">The event's own, the same for each time that it is told.</param>
/// <param name="Stored">As it stands in the log.</param>
/// <param name="Event">The Domain's event.</param>
public sealed record EventToTell(Guid Id, LoggedEvent Stored, object Event);

/// <summary>
/// Reads what no message has triggered out of the log, in its order, for whoever tells the world (ADR 27). The progress is a row of its own, written after the telling: who is killed in between tells
/// once more what was told last, and misses nothing. It sleeps on a connection until a commit wakes it.
/// </summary>
public sealed class FactsFromLog
{
    internal const string Channel = "novanet_facts";

    private const int Window = 20_000, Page = 500;

    private static readonly HashSet<Type> Told =
    [
        typeof(FixedIpLeaseStarted), typeof(FixedIpLeaseEnded), typeof(InstanceNetworkReleased), typeof(NetworkHostSet), typeof(FloatingIpDisassociated),
    ];

    private static readonly string[] TypeNames = [.. EventNames.All.Where(pair => Told.Contains(pair.Key)).Select(pair => pair.Value)];

    /// <summary>A lost notification (a connection that broke) delays by this much at most.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(10);

    private readonly NpgsqlDataSource source;

    internal FactsFromLog(NpgsqlDataSource source) => this.source = source;

    /// <summary>Hands on event after event, until cancelled. Throws on an outage, and what <paramref name="tell"/> throws; begun again, it goes on where it was.</summary>
    public async Task RunAsync(Func<EventToTell, CancellationToken, Task> tell, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellation);
        }

        while (true)
        {
            while (await StepAsync(connection, tell, cancellation))
            {
            }

            await connection.WaitAsync(LongestSleep, cancellation);
        }
    }

    /// <summary>How many events are in the log that the reading has not come to. Throws on an outage.</summary>
    public async Task<long> LagAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var last = new NpgsqlCommand($"select coalesce(max(seq_id), 0) from {LoggedEvent.Table}", connection);
        return Math.Max(0, (long)(await last.ExecuteScalarAsync(cancellation))! - await LogProgress.ReadAsync(connection, LogProgress.Facts, cancellation));
    }

    /// <summary>True for an event that is told from the log.</summary>
    internal static bool Tells(object change) => Told.Contains(change.GetType());

    /// <summary>One page; false: there was nothing new.</summary>
    private static async Task<bool> StepAsync(NpgsqlConnection connection, Func<EventToTell, CancellationToken, Task> tell, CancellationToken cancellation)
    {
        var seen = await LogProgress.ReadAsync(connection, LogProgress.Facts, cancellation);
        var settled = await LogHorizon.SettledAsync(connection, seen, Window, cancellation);
        if (settled == seen)
        {
            return false;
        }

        var page = await ReadAsync(connection, seen, settled, cancellation);
        foreach (var change in page)
        {
            await tell(change, cancellation);
            await LogProgress.WriteAsync(connection, LogProgress.Facts, change.Stored.Sequence, cancellation);
        }

        if (page.Count < Page)
        {
            await LogProgress.WriteAsync(connection, LogProgress.Facts, settled, cancellation);
        }

        return true;
    }

    private static async Task<List<EventToTell>> ReadAsync(NpgsqlConnection connection, long after, long upTo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"select {LoggedEvent.Columns}, id from {LoggedEvent.Table} where seq_id > @after and seq_id <= @upTo and type = any(@types) order by seq_id limit {Page}", connection);
        command.Parameters.AddWithValue("after", after);
        command.Parameters.AddWithValue("upTo", upTo);
        command.Parameters.AddWithValue("types", TypeNames);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<EventToTell>();
        while (await rows.ReadAsync(cancellation))
        {
            var stored = LoggedEvent.Read(rows);
            found.Add(new EventToTell(rows.GetGuid(12), stored, EventCodec.Read(stored).Data));
        }

        return found;
    }
}
