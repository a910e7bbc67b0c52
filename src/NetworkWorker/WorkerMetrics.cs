using System.Diagnostics.Metrics;
using NovaNetBus.Hosting;

namespace NovaNetBus.NetworkWorker;

/// <summary>What a worker counts of its host.</summary>
internal static class WorkerMetrics
{
    private static readonly Meter Meter = new(ProcessDefaults.MeterName);

    public static readonly Histogram<double> Reconcile = Meter.CreateHistogram<double>(
        "novanetbus_reconcile_seconds", null, "A full reconcile of the host: read, plan, compare, apply", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });

    public static readonly Counter<long> DriftRepaired = Meter.CreateCounter<long>(
        "novanetbus_drift_repaired_total", null, "Differences that a reconcile has put in order on a host that was believed to be in order");

    public static readonly Counter<long> Leases = Meter.CreateCounter<long>("novanetbus_leases_total", null, "DHCP leases that were seen to begin, to be renewed or to end, and recorded");

    /// <summary>Asked for when the page is read.</summary>
    /// <param name="ports">Of instances on the host.</param>
    /// <param name="isReady">The host is in its planned state.</param>
    public static void Show(Func<int> ports, Func<bool> isReady)
    {
        Meter.CreateObservableGauge("novanetbus_ports", ports, null, "Ports of instances on the host");
        Meter.CreateObservableGauge("novanetbus_host_ready", () => isReady() ? 1 : 0, null, "1 while the host is in its planned state");
    }
}
