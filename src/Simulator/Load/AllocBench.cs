using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Ledger;
using NovaNetBus.Simulator.Demo;
using NovaNetBus.Simulator.Worlds;
using Npgsql;

namespace NovaNetBus.Simulator.Load;

/// <summary>Eight writers take addresses of one /16 from the ledger, while it is empty, half full, nearly full, and full.</summary>
internal sealed class AllocBench(string bin, TextWriter output)
{
    private const int Writers = 8, Measured = 2400, NicsToFill = 16, Refusals = 20;
    private const string Label = "bench";

    private readonly List<Figure> figures = [];

    public async Task<BenchReport> RunAsync(Connections connections, string commit, CancellationToken ct)
    {
        var database = await DemoDatabase.CreateAsync(connections, 0, ct);
        try
        {
            await MeasureAsync(database.Connection, ct);
        }
        finally
        {
            await database.RemoveAsync(CancellationToken.None);
        }

        var machine = $"{Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB, {RuntimeInformation.OSDescription}";
        return new BenchReport("alloc", machine, commit, TimeProvider.System.GetUtcNow(), figures);
    }

    private async Task MeasureAsync(string postgres, CancellationToken ct)
    {
        await using var services = await Writer.ConnectAsync(postgres, ct);
        await services.GetRequiredService<NetworkLedger>().CreateAsync(NetworkOf(TimeProvider.System.GetUtcNow()), new Origin(null, Label, Label, null), ct);
        await using var crew = await WriterCrew.StartAsync(Path.Combine(bin, "novanet-simulator"), postgres, Label, Writers, ct);
        await crew.DoAsync($"allocate {Measured / Writers} 1", ct);
        await CompareMacKeyAsync(crew, postgres, ct);

        var empty = await RateAsync(crew, "rate_8_writers", ct);
        Tell("conflict_percent", empty.ConflictPercent, "%");

        var queries = services.GetRequiredService<Queries>();
        foreach (var percent in new[] { 50, 90, 99 })
        {
            await FillAsync(crew, queries, percent, ct);
            var count = percent == 99 ? 320 : Measured;
            var result = await RateAsync(crew, $"rate_at_{percent}_percent", ct, count);
            Tell($"conflict_percent_at_{percent}", result.ConflictPercent, "%");
            Tell($"rate_ratio_{percent}_to_0", result.Rate / empty.Rate, "");
        }

        await TakeLastAsync(crew, queries, ct);
    }

    /// <summary>With the unique key of MAC addresses and, where the database throws its rows away, without; in turn, since the machine may be busy with other things.</summary>
    private async Task CompareMacKeyAsync(WriterCrew crew, string postgres, CancellationToken ct)
    {
        var (with, without) = (new List<double>(), new List<double>());
        for (var round = 1; round <= 3; round++)
        {
            with.Add((await RateAsync(crew, $"rate_with_mac_key_{round}", ct)).Rate);
            await ExecuteAsync(postgres, "create rule kept_out as on insert to novanet.segment_mac do instead nothing");
            without.Add((await RateAsync(crew, $"rate_without_mac_key_{round}", ct)).Rate);
            await ExecuteAsync(postgres, "drop rule kept_out on novanet.segment_mac");
        }

        Tell("ratio_with_mac_key", with.Average() / without.Average(), "");
    }

    /// <summary>The last addresses, wherever they are, and what the next request costs.</summary>
    private async Task TakeLastAsync(WriterCrew crew, Queries queries, CancellationToken ct)
    {
        while (await FreeAsync(queries, ct) is > 0 and var free)
        {
            await crew.DoAsync($"allocate {Math.Max(1, free / Writers)} 1", ct);
        }

        var full = await queries.NetworkAsync(Label, ct);
        Tell("allocated_when_full", full!.Addresses.Allocated, "addresses");
        var refused = await crew.DoFirstAsync($"allocate {Refusals} 1", ct);
        if (refused.Refused != Refusals)
        {
            throw new SimulatorException($"A full network gave {Refusals - refused.Refused} addresses.");
        }

        Tell("refusal_ms_when_full", refused.Seconds * 1000 / Refusals, "ms");
    }

    private async Task FillAsync(WriterCrew crew, Queries queries, int percent, CancellationToken ct)
    {
        var summary = (await queries.NetworkAsync(Label, ct))!;
        var missing = (summary.Network.Cidr.Size * percent / 100) - summary.Addresses.Allocated - (percent == 50 || percent == 90 ? 0 : 400);
        if (missing > 0)
        {
            await crew.DoAsync($"allocate {(missing / Writers / NicsToFill) + 1} {NicsToFill}", ct);
        }
    }

    private async Task<(double Rate, double ConflictPercent)> RateAsync(WriterCrew crew, string metric, CancellationToken ct, int count = Measured)
    {
        var start = Stopwatch.GetTimestamp();
        var reports = await crew.DoAsync($"allocate {count / Writers} 1", ct);
        var rate = (reports.Sum(report => report.Done) - reports.Sum(report => report.Refused)) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        Tell(metric, rate, "addresses/s");
        return (rate, 100.0 * reports.Sum(report => report.LostRaces) / reports.Sum(report => report.Commits));
    }

    private static async Task<long> FreeAsync(Queries queries, CancellationToken ct) => (await queries.NetworkAsync(Label, ct))!.Addresses.Free;

    private static CreateNetworks NetworkOf(DateTimeOffset now) => new()
    {
        Id = Guid.NewGuid(),
        Label = Label,
        Cidr = "10.0.0.0/16",
        FixedRange = Cidr.Parse("10.0.0.0/8"),
        DefaultSize = 1 << 16,
        Bridge = "br100",
        MultiHost = true,
        ShareAddress = true,
        EnableDhcp = true,
        Mtu = 1500,
        Now = now,
    };

    private static async Task ExecuteAsync(string postgres, string sql)
    {
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private void Tell(string metric, double value, string unit)
    {
        figures.Add(new Figure("alloc." + metric, Math.Round(value, 3), unit));
        output.WriteLine($"alloc.{metric,-32} {value,12:0.###} {unit}");
    }
}
