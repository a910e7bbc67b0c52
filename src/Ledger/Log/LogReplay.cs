using System.Data;
using System.Diagnostics;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using Npgsql;

namespace NovaNetBus.Ledger.Log;

/// <summary>What a replay came to.</summary>
/// <param name="Into">The store that was filled, without its password.</param>
/// <param name="Differences">Hosts whose plans are not the same by both stores; there should be none.</param>
public sealed record LogReplayed(string Into, long Events, long Documents, TimeSpan Took, IReadOnlyList<LogDifference> Differences);

/// <summary>
/// An empty store becomes the same world: it is given the events as they are, of one moment, and everything else is made from them. What is kept beside the log (user data, whose events have
/// its digest only) does not come along. Throws on an outage.
/// </summary>
public sealed class LogReplay
{
    private static readonly string[] Tables = [$"{LedgerSetup.SchemaName}.mt_streams", LoggedEvent.Table];

    private readonly IServiceProvider from;
    private readonly NpgsqlDataSource source;

    internal LogReplay(IServiceProvider from, NpgsqlDataSource source) => (this.from, this.source) = (from, source);

    /// <summary>Refused with <see cref="InvalidOperationException"/> when there is a log in that store already.</summary>
    /// <param name="connectionString">Of an existing database; its role may create a schema.</param>
    /// <param name="progress">Is told now and then how many events have become part of the new world.</param>
    public async Task<LogReplayed> IntoAsync(string connectionString, Action<long> progress, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        await using var into = new ServiceCollection().AddLogging().AddLedger(connectionString, "replay").BuildServiceProvider();
        await into.GetRequiredService<LedgerSchema>().ApplyAsync(cancellation);
        await CopyAsync(into.GetRequiredService<NpgsqlDataSource>(), cancellation);
        var (events, documents) = await LogImport.BuildAsync(
            into.GetRequiredService<IDocumentStore>(), into.GetRequiredService<NpgsqlDataSource>(), progress, cancellation);
        await into.GetRequiredService<Presence>().CatchUpAsync(cancellation);
        var differences = await CompareHostsAsync(into, cancellation);
        var name = new NpgsqlConnectionStringBuilder(connectionString) { Password = null, Passfile = null }.ConnectionString;
        return new LogReplayed(name, events, documents, Stopwatch.GetElapsedTime(started), differences);
    }

    /// <summary>Streams and events as they are, of one moment. What was told to the world from the log is not told again by the copy.</summary>
    private async Task CopyAsync(NpgsqlDataSource target, CancellationToken cancellation)
    {
        await using var read = await source.OpenConnectionAsync(cancellation);
        await using var moment = await read.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using var write = await target.OpenConnectionAsync(cancellation);
        await using var all = await write.BeginTransactionAsync(cancellation);
        if (await ValueAsync<bool>(write, $"select exists (select from {LoggedEvent.Table}) or exists (select from {Tables[0]})", cancellation))
        {
            throw new InvalidOperationException("there is a log in that store already: replay needs an empty one");
        }

        foreach (var table in Tables)
        {
            var columns = await ValueAsync<string>(
                read, $"select string_agg(attname, ', ' order by attnum) from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped", cancellation);
            await using var rows = await read.BeginRawBinaryCopyAsync($"copy {table} ({columns}) to stdout (format binary)", cancellation);
            await using var copy = await write.BeginRawBinaryCopyAsync($"copy {table} ({columns}) from stdin (format binary)", cancellation);
            await rows.CopyToAsync(copy, cancellation);
        }

        var last = await ValueAsync<long>(write, $"select coalesce(max(seq_id), 0) from {LoggedEvent.Table}", cancellation);
        await ValueAsync<long>(write, $"select setval('{LedgerSetup.SchemaName}.mt_events_sequence', {Math.Max(last, 1)}, {(last > 0 ? "true" : "false")})", cancellation);
        await LogProgress.WriteAsync(write, LogProgress.Facts, last, cancellation);
        await all.CommitAsync(cancellation);
    }

    /// <summary>The plan of every host, from what both stores say that it must serve. In a system that runs they may differ by what has happened meanwhile.</summary>
    private async Task<IReadOnlyList<LogDifference>> CompareHostsAsync(IServiceProvider into, CancellationToken cancellation)
    {
        var differences = new List<LogDifference>();
        await using var session = into.GetRequiredService<IDocumentStore>().QuerySession();
        foreach (var host in (await session.Query<HostDocument>().ToListAsync(cancellation)).Select(document => document.State).Where(host => host.Settings is not null))
        {
            var (expected, found) = (await PlanAsync(from, host, cancellation), await PlanAsync(into, host, cancellation));
            differences.AddRange(HostDiff.Between(expected, found).Select(step => new LogDifference($"host {host.Name}: {step.Resource.Key}", step.ToString(), null)));
        }

        return differences;
    }

    private static async Task<HostState> PlanAsync(IServiceProvider ledger, HostRecord host, CancellationToken cancellation) =>
        HostPlanner.Plan((await ledger.GetRequiredService<HostViews>().ReadAsync(host.Name, cancellation)).ViewOf(host.Name, host.Settings!));

    private static async Task<T> ValueAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = PatientCommand.Of(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
