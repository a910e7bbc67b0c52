using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;

namespace NovaNetBus.Cli.Log;

/// <summary>The log where it is stored.</summary>
/// <param name="connectionString">An Npgsql connection string; null when none is configured.</param>
internal sealed class StoreLog(string? connectionString) : ILogWork
{
    /// <summary>PostgreSQL's class of errors for what is not there: the schema, or a table in it.</summary>
    private static readonly string[] NotThere = ["3F000", "42P01"];

    /// <inheritdoc />
    public Task<VerifyReport> Verify(Action<long> progress, CancellationToken stop) => InTheLog(async log =>
    {
        var verified = await log.GetRequiredService<LogVerification>().RunAsync(progress, stop);
        return new VerifyReport(verified.Events, verified.Documents, verified.Took.TotalSeconds, Told(verified.Differences));
    });

    /// <inheritdoc />
    public Task<ReplayReport> Replay(string into, Action<long> progress, CancellationToken stop) => InTheLog(async log =>
    {
        var replayed = await log.GetRequiredService<LogReplay>().IntoAsync(into, progress, stop);
        return new ReplayReport(replayed.Into, replayed.Events, replayed.Documents, replayed.Took.TotalSeconds, Told(replayed.Differences));
    });

    /// <summary>No message holds a connection string: it has a password in it.</summary>
    private async Task<T> InTheLog<T>(Func<IServiceProvider, Task<T>> work)
    {
        var configured = connectionString
            ?? throw new NoConnectionException("no database is configured: set ConnectionStrings__Postgres (scripts/services.sh writes it to .services/env)");
        try
        {
            await using var log = new ServiceCollection().AddLogging().AddLedger(configured, "novanet").BuildServiceProvider();
            return await work(log);
        }
        catch (DbException fault) when (NotThere.Contains(fault.SqlState))
        {
            throw new RefusedException(ErrorCodes.InvalidRequest, $"There is no log in that database ({fault.Message}): has a scheduler ever run on it?");
        }
        catch (Exception fault) when (fault is DbException or SocketException or TimeoutException)
        {
            throw new NoConnectionException($"the database does not do it: {fault.GetBaseException().Message}", fault);
        }
        catch (ArgumentException)
        {
            throw new RefusedException(ErrorCodes.InvalidRequest, "That is no connection string of the form Host=...;Port=...;Database=...;Username=...;Password=...");
        }
        catch (InvalidOperationException refused)
        {
            throw new RefusedException(ErrorCodes.InvalidRequest, refused.Message);
        }
    }

    private static IReadOnlyList<VerifyDifference> Told(IReadOnlyList<LogDifference> differences) =>
        [.. differences.Select(difference => new VerifyDifference(difference.Where, difference.Expected, difference.Found))];
}
