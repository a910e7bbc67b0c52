using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;
using NovaNetBus.NetworkWorker.Host;

namespace NovaNetBus.NetworkWorker;

/// <summary>Makes this host known, tells every few seconds that its worker lives, and hears what it has to do.</summary>
internal sealed class Heartbeat(
    NovaNetOptions options, HostSettings settings, HostRegistry registry, Reconciler reconciler, NetworkDuties duties, NewlyAttended attended, Outage outage, TimeProvider clock)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim now = new(0, 1);
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The next heartbeat is sent at once.</summary>
    public void Hurry()
    {
        if (now.CurrentCount == 0)
        {
            now.Release();
        }
    }

    /// <summary>The same, and ends when it is answered.</summary>
    public Task HurryAsync(CancellationToken cancellation)
    {
        var answer = next.Task;
        Hurry();
        return answer.WaitAsync(cancellation);
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        (reconciler.Beginning, reconciler.PartOf, reconciler.LookUpParts) = (answered.Task, duties.PartOf, HurryAsync);
        WorkerMetrics.Show(() => reconciler.Ports, () => reconciler.NotReady is null);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await outage.WaitOutAsync("Joining", token => registry.JoinAsync(options.Host, settings, options.StatePath, clock.GetUtcNow(), token), stoppingToken);
        await attended.TakeAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var (sent, answer) = await outage.WaitOutAsync("The heartbeat", BeatAsync, stoppingToken);
            var taken = duties.TryTakeAsync(sent, answer, stoppingToken);
            answered.TrySetResult();
            var waiting = next;
            next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.TrySetResult();
            await taken;
            await now.WaitAsync(duties.Any ? HostLease.Renewal : Interval, stoppingToken);
        }
    }

    private async Task<(TimeSpan Sent, IReadOnlyList<NetworkDuty> Answer)> BeatAsync(CancellationToken cancellation)
    {
        var sent = Stopwatch.GetElapsedTime(0);
        var report = new HostReport(options.Host, ProcessDefaults.Version, reconciler.Ports, reconciler.Drift, HasPublicInterface: options.PublicInterface.Length > 0);
        return (sent, await registry.HeartbeatAsync(report, cancellation));
    }
}

/// <summary>Ready when the host is in its planned state.</summary>
internal sealed class HostHealth(Reconciler reconciler) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(reconciler.NotReady is { } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy());
}
