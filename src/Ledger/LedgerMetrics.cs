using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace NovaNetBus.Ledger;

/// <summary>What the writing loop counts.</summary>
internal static class LedgerMetrics
{
    /// <summary>The name is that of all meters whose instruments the programs show at /metrics.</summary>
    private static readonly Meter Meter = new("NovaNetBus");

    public static readonly Counter<long> Commits = Meter.CreateCounter<long>("novanetbus_commits_total", null, "Commits of decisions about instances and addresses, tried ones included");

    public static readonly Counter<long> LostRaces = Meter.CreateCounter<long>("novanetbus_commits_lost_races_total", null, "Those that met another writer, and were decided and tried again");

    public static readonly Histogram<double> BatchSize = Meter.CreateHistogram<double>(
        "novanetbus_commit_batch_size", null, "Decisions in one commit", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100] });

    public static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "novanetbus_commit_seconds", null, "How long a commit takes, with its reading and deciding", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] });

    /// <summary>From now on they are there, at zero before anything happens.</summary>
    public static void Begin() => RuntimeHelpers.RunClassConstructor(typeof(LedgerMetrics).TypeHandle);
}
