using Microsoft.Extensions.Logging;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Ledger;

namespace NovaNetBus.NetworkWorker;

/// <summary>Instances that came to this host while it had no worker: now it has, and follows like any other. The first reconcile bridges and guards their ports.</summary>
internal sealed partial class NewlyAttended(string host, HostViews views, InstanceLedger ledger, InstancePipeline pipeline, Outage outage, TimeProvider clock, ILogger<NewlyAttended> log)
{
    /// <summary>After the host has joined and before it serves anything. Those that wait for it are followed once it does; that is not waited for.</summary>
    public async Task TakeAsync(CancellationToken cancellation)
    {
        var instances = await outage.WaitOutAsync("Looking for instances that no worker had", token => views.UnattendedAsync(host, token), cancellation);
        foreach (var id in instances)
        {
            var origin = new Origin(null, id.ToString(), host, null);
            var outcome = await outage.WaitOutAsync("Taking an instance", token => ledger.AttendedAsync(id, clock.GetUtcNow(), origin, token), cancellation);
            if (outcome.State is { IsAttended: true } state && (state.Status is InstanceStatus.Allocated or InstanceStatus.Releasing || state.IsLettingGo))
            {
                _ = pipeline.FollowAsync(id, new Delivery(null, null, null, null, null, false), cancellation);
            }
        }

        if (instances.Count > 0)
        {
            LogTaken(log, instances.Count);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} instances of this host had no worker that looked after them; from now on they have")]
    private static partial void LogTaken(ILogger log, int count);
}
