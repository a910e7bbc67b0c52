using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Hosting;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using NovaNetBus.Scheduler.Routing;

namespace NovaNetBus.Scheduler;

/// <summary>What the scheduler sees of the whole. The database is asked now and then, not by whoever reads the page; what is not known is not told.</summary>
internal sealed class SchedulerMetrics : BackgroundService
{
    private static readonly Meter Meter = new(ProcessDefaults.MeterName);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private static readonly Counter<long> Moves = Meter.CreateCounter<long>(
        "novanetbus_network_moves_total", null, "Networks that were given another host, by kind: place, hand-over, take-over", [new("kind", null)]);

    private readonly Queries queries;
    private readonly FloatingQueries floatings;
    private readonly FactsFromLog facts;
    private readonly HostRegistry hosts;
    private readonly TimeProvider clock;
    private volatile IReadOnlyList<Measurement<long>> fixedFree = [], floatingFree = [], lag = [], workers = [];

    public SchedulerMetrics(Queries queries, FloatingQueries floatings, FactsFromLog facts, HostRegistry hosts, WorkerWatch watch, Leadership leadership, TimeProvider clock)
    {
        (this.queries, this.floatings, this.facts, this.hosts, this.clock) = (queries, floatings, facts, hosts, clock);
        Meter.CreateObservableGauge("novanetbus_leader", () => leadership.IsLeader ? 1 : 0, null, "1 on the scheduler that leads");
        Meter.CreateObservableGauge<long>("novanetbus_workers", () => workers, null, "Workers of known hosts, by state: alive, or silent for 15 seconds", [new("state", null)]);
        Meter.CreateObservableGauge<long>("novanetbus_free_fixed_ips", () => fixedFree, null, "Fixed addresses that a network has left, by its label", [new("network", null)]);
        Meter.CreateObservableGauge<long>("novanetbus_free_floating_ips", () => floatingFree, null, "Floating addresses that a pool has left", [new("pool", null)]);
        Meter.CreateObservableGauge<long>("novanetbus_log_lag_events", () => lag, null, "Events that are in the log and that the subscription, which tells facts from it, has not come to");
    }

    /// <summary>A network has another host.</summary>
    public static void Moved(MoveKind kind) => Moves.Add(1, new KeyValuePair<string, object?>("kind", kind switch
    {
        MoveKind.Place => "place",
        MoveKind.HandOver => "hand-over",
        _ => "take-over",
    }));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested && Outage.IsOutage(fault))
            {
                (fixedFree, floatingFree, lag, workers) = ([], [], [], []);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        var (networks, pools, known, now) = (
            await queries.NetworksAsync(cancellation), await floatings.PoolsAsync(cancellation), await hosts.ListAsync(cancellation), clock.GetUtcNow());
        fixedFree = [.. networks.GroupBy(network => network.Network.Label).Select(label => Of(label.Sum(network => network.Addresses.Free), "network", label.Key))];
        floatingFree = [.. pools.Select(pool => Of(pool.Free, "pool", pool.Name))];
        lag = [new Measurement<long>(await facts.LagAsync(cancellation))];
        var alive = known.Count(host => WorkerWatch.IsAlive(host, now));
        workers = [Of(alive, "state", "alive"), Of(known.Count - alive, "state", "silent")];
    }

    private static Measurement<long> Of(long value, string label, string text) => new(value, new KeyValuePair<string, object?>(label, text));
}
