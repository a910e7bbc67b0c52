using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;
using NovaNetBus.NetworkWorker.Host;

namespace NovaNetBus.NetworkWorker;

/// <summary>Makes this host known, and tells every few seconds that its worker lives.</summary>
internal sealed class Heartbeat(NovaNetOptions options, HostSettings settings, HostRegistry registry, Reconciler reconciler, Outage outage, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await outage.WaitOutAsync("Joining", token => registry.JoinAsync(options.Host, settings, options.StatePath, clock.GetUtcNow(), token), stoppingToken);
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            await outage.WaitOutAsync(
                "The heartbeat",
                token => registry.HeartbeatAsync(new HostReport(options.Host, ProcessDefaults.Version, reconciler.Ports, reconciler.Drift, true), token),
                stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}

/// <summary>Ready when the host is in its planned state.</summary>
internal sealed class HostHealth(Reconciler reconciler) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(reconciler.NotReady is { } reason ? HealthCheckResult.Unhealthy(reason) : HealthCheckResult.Healthy());
}
