using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using NovaNetBus.Simulator.Worlds;
using Npgsql;

namespace NovaNetBus.Simulator.Load;

/// <summary>What the log costs: its size, and what questions of the past take at 100,000 events and at a million.</summary>
internal sealed class LogBench(TextWriter output)
{
    private const int Small = 100_000, Large = 1_000_000, Questions = 200, HostQuestions = 40, StateQuestions = 5;

    private readonly List<Figure> figures = [];

    public async Task<BenchReport> RunAsync(Connections connections, string commit, CancellationToken ct)
    {
        var small = await MeasureAsync(connections.Postgres!, Small, "_100k", ct);
        var large = await MeasureAsync(connections.Postgres!, Large, "_1m", ct);
        Tell("owner_at_ratio_1m_to_100k", large.Owner / small.Owner, "");
        Tell("host_at_ratio_1m_to_100k", large.Host / small.Host, "");
        var machine = $"{Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB, {RuntimeInformation.OSDescription}";
        return new BenchReport("log", machine, commit, TimeProvider.System.GetUtcNow(), figures);
    }

    private async Task<(double Owner, double Host)> MeasureAsync(string postgres, int size, string suffix, CancellationToken ct)
    {
        var name = $"novanet_log{suffix}";
        await ExecuteAsync(postgres, $"create database {name}", ct);
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(postgres) { Database = name, Pooling = false }.ConnectionString;
            await using var ledger = new ServiceCollection().AddLogging().AddLedger(new NpgsqlConnectionStringBuilder(postgres) { Database = name }.ConnectionString, "novanet-simulator").BuildServiceProvider();
            await ledger.GetRequiredService<LogImport>().MakeSchemaAsync(ct);
            var workload = new LogWorkload(size);
            var started = Stopwatch.GetTimestamp();
            await ledger.GetRequiredService<LogImport>().WriteAsync(workload.Events(), ct);
            Tell("seconds_to_write" + suffix, Stopwatch.GetElapsedTime(started).TotalSeconds, "s");
            await ExecuteAsync(connection, "vacuum analyze novanet.mt_events", ct);
            started = Stopwatch.GetTimestamp();
            var travel = ledger.GetRequiredService<TimeTravel>();
            await travel.CatchUpAsync(ct);
            Tell("read_model_events_per_second" + suffix, size / Stopwatch.GetElapsedTime(started).TotalSeconds, "events/s");
            await TellSizesAsync(connection, size, suffix, ct);
            var verified = await ledger.GetRequiredService<LogVerification>().RunAsync(_ => { }, ct);
            if (verified.Differences is [var first, ..])
            {
                throw new SimulatorException($"The log does not make what stands in the store: {first}");
            }

            Tell("verify_events_per_second" + (size == Large ? "" : suffix), verified.Events / verified.Took.TotalSeconds, "events/s");
            var addresses = ledger.GetRequiredService<AddressHistory>();
            var dice = new Random(2);
            var owner = await MedianAsync(
                Questions,
                () => addresses.OwnerAsync(Cidr.Parse("10.0.0.0/16").Network + (uint)dice.Next(2, 60_000), Moment(dice, workload.Now), ct));
            Tell("owner_at_ms" + suffix, owner, "ms");
            var host = await MedianAsync(HostQuestions, () => travel.HostAsync(LogWorkload.HostNames[dice.Next(LogWorkload.HostNames.Count)], Moment(dice, workload.Now), ct));
            Tell("host_at_ms" + suffix, host, "ms");
            Tell("state_at_ms" + suffix, await MedianAsync(StateQuestions, () => travel.WorldAsync(Moment(dice, workload.Now), ct)), "ms");
            return (owner, host);
        }
        finally
        {
            await DropAsync(postgres, name);
        }
    }

    private async Task TellSizesAsync(string connection, int size, string suffix, CancellationToken ct)
    {
        foreach (var (what, table) in new[] { ("bytes_per_event", "novanet.mt_events"), ("bytes_per_event_streams", "novanet.mt_streams"), ("bytes_per_event_presence", "novanet.presence_1") })
        {
            var bytes = await ValueAsync<long>(connection, $"select pg_total_relation_size('{table}')", ct);
            Tell(what + (size == Large ? "" : suffix), (double)bytes / size, "bytes");
        }
    }

    private static DateTimeOffset Moment(Random dice, DateTimeOffset now) => LogWorkload.Start + (dice.NextDouble() * (now - LogWorkload.Start));

    private static async Task<double> MedianAsync(int count, Func<Task> ask)
    {
        await ask();
        var times = new List<double>();
        for (var number = 0; number < count; number++)
        {
            var started = Stopwatch.GetTimestamp();
            await ask();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        times.Sort();
        return times[count / 2];
    }

    private void Tell(string metric, double value, string unit)
    {
        figures.Add(new Figure("log." + metric, Math.Round(value, 3), unit));
        output.WriteLine($"log.{metric} {value:0.###} {unit}");
    }

    /// <summary>Without force, which asks for more rights when the server itself is at work in it.</summary>
    private static async Task DropAsync(string postgres, string name)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                NpgsqlConnection.ClearAllPools();
                await ExecuteAsync(postgres, $"drop database {name}", CancellationToken.None);
                return;
            }
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.ObjectInUse && attempt < 30)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<T> ValueAsync<T>(string connectionString, string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }
}
