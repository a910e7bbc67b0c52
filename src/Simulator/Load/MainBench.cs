using System.Runtime.InteropServices;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Simulator.Demo;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Load;

/// <summary>One figure; the names are those of interfaces.md section 6.</summary>
internal sealed record Figure(string Metric, double Value, string Unit);

/// <summary>What <c>bench.sh NAME --json</c> writes.</summary>
internal sealed record BenchReport(string Name, string Machine, string Commit, DateTimeOffset At, IReadOnlyList<Figure> Results);

/// <summary>The main job under load: one worker inside its host, alone and with 64 and 256 instances in flight, planning only and then on the real kernel.</summary>
internal sealed class MainBench(StateDirectory state, string bin, string logs, TextWriter output)
{
    private const string Host = "host-a";
    private const int WarmUp = 20;
    private const int Alone = 100;
    private const int At64 = 1280;
    private const int At256 = 2560;
    private const int Raw = 20_000;

    private static readonly Cidr Range = Cidr.Parse("10.0.0.0/16");

    private readonly List<Figure> _figures = [];

    public async Task<BenchReport> RunAsync(Connections connections, string commit, CancellationToken ct)
    {
        foreach (var (suffix, options) in new[] { ("", new[] { "--fake-network", "true" }), ("_real_host", Array.Empty<string>()) })
        {
            try
            {
                await MeasureAsync((await DemoSetup.UpAsync(state, Staging.FlatDhcpOnEachHost.Layout, Staging.FlatDhcpOnEachHost.Sites([connections]), ct)).Regions[0], suffix, options, ct);
            }
            finally
            {
                await DemoSetup.DownAsync(state, CancellationToken.None);
            }
        }

        var machine = $"{Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB, {RuntimeInformation.OSDescription}";
        return new BenchReport("main", machine, commit, TimeProvider.System.GetUtcNow(), _figures);
    }

    private async Task MeasureAsync(Region region, string suffix, string[] options, CancellationToken ct)
    {
        await using var stage = new Stage(state, bin, logs, Staging.FlatDhcpOnEachHost, region);
        stage.Programs.StartScheduler();
        stage.Programs.StartWorker(Host, options);
        await stage.Programs.WaitForSchedulerAsync(ct);
        await stage.Programs.WaitForWorkerAsync(Host, ct);
        await stage.Operator.CreateNetworkAsync("bench", Range, ct, "--bridge-interface", "eth1");

        await using var connection = await DemoQueues.ConnectAsync(region.Broker, ct);
        await using var fleet = await Fleet.ConnectAsync(connection, Host, ct);
        await fleet.SpawnAsync(WarmUp, 1, ct);
        var alone = await fleet.SpawnAsync(Alone, 1, ct);
        Tell("p50_ms_alone" + suffix, alone.Timings.Percentile(50), "ms");
        Tell("p99_ms_alone" + suffix, alone.Timings.Percentile(99), "ms");
        Tell("rate_alone" + suffix, alone.Rate, "instances/s");
        await AtAsync(fleet, 64, At64, suffix, ct);
        var rate = await AtAsync(fleet, 256, At256, suffix, ct);
        var raw = await RawBroker.RateAsync(connection, Raw, 256, ct);
        Tell("raw_rate_256" + suffix, raw, "messages/s");
        Tell("ratio_to_raw" + suffix, rate / raw, "");
    }

    private async Task<double> AtAsync(Fleet fleet, int inFlight, int count, string suffix, CancellationToken ct)
    {
        var result = await fleet.SpawnAsync(count, inFlight, ct);
        Tell($"rate_{inFlight}{suffix}", result.Rate, "instances/s");
        Tell($"p50_ms_{inFlight}{suffix}", result.Timings.Percentile(50), "ms");
        Tell($"p99_ms_{inFlight}{suffix}", result.Timings.Percentile(99), "ms");
        return result.Rate;
    }

    private void Tell(string metric, double value, string unit)
    {
        _figures.Add(new Figure("main." + metric, Math.Round(value, 3), unit));
        output.WriteLine($"main.{metric,-28} {value,12:0.###} {unit}");
    }
}
