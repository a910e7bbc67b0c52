using System.Diagnostics;
using Npgsql;

namespace NovaNetBus.Ledger.Log;

/// <summary>
/// How far the log is settled: up to there no event can appear any more. Sequence numbers are drawn before the commit, so a smaller one may become visible after
/// a larger one; whoever reads on from the last number seen would miss it.
/// </summary>
/// <remarks>
/// A number that is missing below one that is visible was drawn before that one, so by a transaction whose own number is below the snapshot's xmax. When a later
/// snapshot's xmin has reached that xmax, all of those transactions have ended: what is still missing will never come (a rolled back append).
/// </remarks>
internal static class LogHorizon
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5), Patience = TimeSpan.FromSeconds(5);

    private const string Look =
        $"""
        select pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint, coalesce(log.last, @after), log.count
        from pg_current_snapshot() as now, (select max(seq_id) as last, count(*) as count from {LoggedEvent.Table} where seq_id > @after and seq_id <= @until) as log
        """;

    private const string OldestOpen = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

    /// <summary>
    /// The last sequence up to which all is there behind <paramref name="after"/>, which is settled; looks at most <paramref name="window"/> numbers ahead. Behind an
    /// append that does not end for seconds it tells what is before it. The connection is in no transaction.
    /// </summary>
    public static async Task<long> SettledAsync(NpgsqlConnection connection, long after, int window, CancellationToken cancellation)
    {
        var (xmin, xmax, last, count) = await LookAsync(connection, after, after + window, cancellation);
        if (count == last - after || xmin >= xmax || await EndedAsync(connection, xmax, cancellation))
        {
            return last;
        }

        await using var command = new NpgsqlCommand($"select seq_id from {LoggedEvent.Table} where seq_id > @after and seq_id <= @last order by seq_id", connection);
        command.Parameters.AddWithValue("after", after);
        command.Parameters.AddWithValue("last", last);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation) && rows.GetInt64(0) == after + 1)
        {
            after++;
        }

        return after;
    }

    /// <summary>
    /// Waits until everything is in the log that will ever have a time up to now: an event has its time before it is visible. Gives up after some seconds on a transaction that does not
    /// end, which is no commit of ours (the server ends those that stand still).
    /// </summary>
    public static async Task SettleAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var (xmin, xmax, _, _) = await LookAsync(connection, long.MaxValue - 1, long.MaxValue, cancellation);
        _ = xmin >= xmax || await EndedAsync(connection, xmax, cancellation);
    }

    private static async Task<(long Xmin, long Xmax, long Last, long Count)> LookAsync(NpgsqlConnection connection, long after, long until, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Look, connection);
        command.Parameters.AddWithValue("after", after);
        command.Parameters.AddWithValue("until", until);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        await rows.ReadAsync(cancellation);
        return (rows.GetInt64(0), rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3));
    }

    /// <summary>Waits until all transactions below this number have ended; false: they did not in time.</summary>
    private static async Task<bool> EndedAsync(NpgsqlConnection connection, long xmax, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(OldestOpen, connection);
        for (var started = Stopwatch.GetTimestamp(); (long)(await command.ExecuteScalarAsync(cancellation))! < xmax;)
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                return false;
            }

            await Task.Delay(Interval, cancellation);
        }

        return true;
    }
}
