using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Messaging;

namespace NovaNetBus.Hosting.Telemetry;

/// <summary>How many messages wait in this program's queues and in their error queues. The broker is asked now and then, not by whoever reads the page.</summary>
internal sealed class QueueDepths(QueueSender sender, IReadOnlyList<string> queues, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly Meter meter = new(ProcessDefaults.MeterName);
    private volatile IReadOnlyList<Measurement<long>> waiting = [], failed = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        meter.CreateObservableGauge<long>("novanetbus_queue_messages", () => waiting, null, "Messages that wait in this program's queue", [new("queue", null)]);
        meter.CreateObservableGauge<long>("novanetbus_error_queue_messages", () => failed, null, "Messages in this program's error queue", [new("queue", null)]);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    /// <summary>What is not known is not told.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                (waiting, failed) = (await LookAsync(queues, stoppingToken), await LookAsync(queues.Select(Wire.ErrorQueue), stoppingToken));
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested && Outage.IsOutage(fault))
            {
                (waiting, failed) = ([], []);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<IReadOnlyList<Measurement<long>>> LookAsync(IEnumerable<string> names, CancellationToken cancellation)
    {
        var depths = new List<Measurement<long>>();
        foreach (var name in names)
        {
            depths.Add(new Measurement<long>((await sender.StateAsync(name, cancellation))?.Messages ?? 0, new KeyValuePair<string, object?>("queue", name)));
        }

        return depths;
    }
}
