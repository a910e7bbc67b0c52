using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Hosting;
using NovaNetBus.Ledger;
using NovaNetBus.NetworkWorker.Host;

namespace NovaNetBus.NetworkWorker;

/// <summary>
/// Takes networks from this host that no instance needs there (teardown_unused_network_gateway): left, as the log says from then on; then the host is brought into the state that
/// this implies; then an address of its own is free for others. What a worker had begun, the next one finishes, whatever its option says. See <see cref="UnusedNetworks"/>.
/// </summary>
internal sealed partial class UnusedGateways(
    string host, HostSettings settings, HostNetworks networks, ViewReader readView, Reconciler reconciler, Outage outage, TimeProvider clock, ILogger<UnusedGateways> log) : BackgroundService
{
    /// <summary>For what goes without a word to this host, such as the last instance of a network that it serves for others.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60), RetryInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim asked = new(0, 1);

    /// <summary>This host has just let go of something. Without the option there is nothing to look for.</summary>
    public void Look()
    {
        lock (asked)
        {
            if (settings.TearsDownUnused && asked.CurrentCount == 0)
            {
                asked.Release();
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var done = false;
            try
            {
                await TearDownAsync(stoppingToken);
                done = true;
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(log, fault.GetBaseException().Message);
            }

            var pause = !done ? RetryInterval : settings.TearsDownUnused ? Interval : Timeout.InfiniteTimeSpan;
            await asked.WaitAsync(pause, stoppingToken);
        }
    }

    private async Task TearDownAsync(CancellationToken cancellation)
    {
        if (settings.TearsDownUnused)
        {
            var count = await outage.WaitOutAsync("Leaving unused networks", token => networks.LeaveUnusedAsync(host, clock.GetUtcNow(), token), cancellation);
            if (count > 0)
            {
                LogLeft(log, count);
            }
        }

        var left = await outage.WaitOutAsync("Looking for addresses that were left", token => networks.LeftAsync(host, token), cancellation);
        if (left.Count > 0 || (settings.TearsDownUnused && reconciler.HasMoreThan(await readView(cancellation))))
        {
            await reconciler.ReconcileAsync(cancellation);
        }

        if (left.Count > 0)
        {
            await networks.LetGoAsync(host, left, clock.GetUtcNow(), cancellation);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Leaves {Count} networks, of which no instance is here any more")]
    private static partial void LogLeft(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Unused networks could not be taken down; tried again: {Reason:l}")]
    private static partial void LogFailed(ILogger log, string reason);
}
