using Microsoft.Extensions.Logging;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>
/// One leader among all programs that call this, by a session lock of the database on a connection of its own (ADR 11 tells why not Marten's). The lock
/// ends with its connection, so a leader that dies is followed within seconds. It does not fence: a leader that the database has lost sight of may
/// go on for a moment while the next one begins, so whatever it does must be safe to do twice.
/// </summary>
public sealed partial class Leadership
{
    /// <summary>After a loss, longer than between two looks: another program gets the chance.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), PauseAfterLoss = TimeSpan.FromSeconds(5);

    private readonly string connectionString;
    private readonly TimeProvider clock;
    private readonly ILogger log;

    internal Leadership(string connectionString, TimeProvider clock, ILogger log)
    {
        // Not pooled: the lock must end when the connection is closed. A command that is not answered in time is a connection that is lost.
        this.connectionString = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, KeepAlive = 5, Timeout = 5, CommandTimeout = 5 }.ConnectionString;
        (this.clock, this.log) = (clock, log);
    }

    /// <summary>True while this program leads.</summary>
    public bool IsLeader { get; private set; }

    /// <summary>
    /// Waits for the leadership and does <paramref name="whileLeading"/>, whose token is cancelled when the leadership is lost; and again, until
    /// <paramref name="stopping"/>. Outages are waited out.
    /// </summary>
    public async Task RunAsync(Func<CancellationToken, Task> whileLeading, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await LeadOnceAsync(whileLeading, stopping);
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested && StoreFaults.IsOutage(fault))
            {
                LogLost(log, fault.GetBaseException().Message);
            }

            await Task.Delay(PauseAfterLoss, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LeadOnceAsync(Func<CancellationToken, Task> whileLeading, CancellationToken stopping)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(stopping);
        while (!await AskAsync(connection, $"select pg_try_advisory_lock({LedgerLocks.Leader})", stopping))
        {
            await Task.Delay(Interval, clock, stopping);
        }

        using var leading = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        LogLeads(log);
        IsLeader = true;
        var work = whileLeading(leading.Token);
        try
        {
            await HoldAsync(connection, work, leading.Token);
        }
        finally
        {
            IsLeader = false;
            await leading.CancelAsync();
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Until the work ends. Throws when the connection, and so the lock, is lost.</summary>
    private async Task HoldAsync(NpgsqlConnection connection, Task work, CancellationToken cancellation)
    {
        while (!work.IsCompleted)
        {
            await AskAsync(connection, "select true", cancellation);
            await Task.WhenAny(work, Task.Delay(Interval, clock, cancellation));
        }

        await work;
    }

    private static async Task<bool> AskAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Leads: housekeeping is done here")]
    private static partial void LogLeads(ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Does not lead (any more): {Reason}")]
    private static partial void LogLost(ILogger log, string reason);
}
