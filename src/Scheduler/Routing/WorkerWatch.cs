using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Ledger;

namespace NovaNetBus.Scheduler.Routing;

/// <summary>A host whose worker does not work.</summary>
/// <param name="Waiting">Messages in its queue.</param>
/// <param name="TakesNothing">Nobody takes from its queue, whether it is heard of or not.</param>
internal sealed record DownWorker(string Host, string Reason, uint Waiting, bool TakesNothing);

/// <summary>Looks at every known host's queue and heartbeat, and says in the log when a worker goes down or comes back. What is sent to it waits in its queue.</summary>
internal sealed class WorkerWatch(HostRegistry hosts, QueueSender queues, TimeProvider clock, ILogger<WorkerWatch> log) : BackgroundService
{
    /// <summary>Three heartbeats.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>By host, as of the last look; null: not looked yet.</summary>
    public ImmutableSortedDictionary<string, DownWorker>? Down { get; private set; }

    /// <summary>Why the last look failed; null: it did not.</summary>
    public string? Blind { get; private set; }

    /// <summary>True when the host's worker has been heard of lately.</summary>
    public static bool IsAlive(HostEntry host, DateTimeOffset now) => host.LastSeen is { } seen && now - seen <= LongestSilence;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                var down = await LookAsync(stoppingToken);
                Tell(Down ?? ImmutableSortedDictionary<string, DownWorker>.Empty, down);
                (Down, Blind) = (down, null);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested && Outage.IsOutage(fault))
            {
                Blind = fault.GetBaseException().Message;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<ImmutableSortedDictionary<string, DownWorker>> LookAsync(CancellationToken cancellation)
    {
        var down = ImmutableSortedDictionary.CreateBuilder<string, DownWorker>(StringComparer.Ordinal);
        foreach (var host in await hosts.ListAsync(cancellation))
        {
            var queue = await queues.StateAsync(Wire.WorkerQueue(host.Host), cancellation);
            var reason = queue is null ? "it has no queue"
                : queue.Consumers == 0 ? "nobody takes from its queue"
                : IsAlive(host, clock.GetUtcNow()) ? null
                : $"its last heartbeat is older than {LongestSilence.TotalSeconds} s";
            if (reason is not null)
            {
                down[host.Host] = new DownWorker(host.Host, reason, queue?.Messages ?? 0, queue is null or { Consumers: 0 });
            }
        }

        return down.ToImmutable();
    }

    private void Tell(ImmutableSortedDictionary<string, DownWorker> before, ImmutableSortedDictionary<string, DownWorker> now)
    {
        foreach (var worker in now.Values.Where(worker => !before.TryGetValue(worker.Host, out var known) || known != worker))
        {
            using var scope = LogScope.Of(null, null, worker.Host);
            log.LogWarning("The worker of {WorkerHost} is down ({Reason}); {Waiting} messages wait in its queue", worker.Host, worker.Reason, worker.Waiting);
        }

        foreach (var host in before.Keys.Except(now.Keys))
        {
            using var scope = LogScope.Of(null, null, host);
            log.LogInformation("The worker of {WorkerHost} is back", host);
        }
    }
}

/// <summary>Names the hosts whose workers are down. The scheduler itself can work all the same, so it stays ready.</summary>
internal sealed class WorkersHealth(WorkerWatch watch) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(watch switch
    {
        { Blind: { } reason } => HealthCheckResult.Unhealthy($"the workers cannot be looked at: {reason}"),
        { Down: null } => HealthCheckResult.Unhealthy("the workers have not been looked at yet"),
        { Down.Count: 0 } => HealthCheckResult.Healthy("all known workers work"),
        { Down: var down } => HealthCheckResult.Degraded(
            string.Join("; ", down.Values.Select(worker => $"the worker of {worker.Host} is down ({worker.Reason}), {worker.Waiting} messages wait"))),
    });
}
