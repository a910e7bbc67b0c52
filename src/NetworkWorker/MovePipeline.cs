using Microsoft.Extensions.Logging;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Ledger;
using NovaNetBus.NetworkWorker.Host;

namespace NovaNetBus.NetworkWorker;

/// <summary>
/// The way of an instance to another host. Whichever of the two messages comes first, and to whichever host: the one that has the instance lets go of it, and only then the
/// other takes over. A message that comes to a host before its time goes on to the host that has to act first, and comes back from there.
/// </summary>
internal sealed partial class MovePipeline(
    string host, HostSettings settings, InstanceLedger ledger, Queries queries, HostRegistry hosts, InstanceOnHost instances, Outage outage, TimeProvider clock, ILogger<MovePipeline> log)
{
    /// <summary>This host lets go of an instance. Nothing is told: the next fact comes from the host that takes over. False: it may not move, which was told.</summary>
    public async Task<bool> LeaveAsync(MoveInstance command, Delivery delivery, CancellationToken cancellation)
    {
        var way = instances.WayOf(command.InstanceId, delivery, cancellation);
        var outcome = await outage.WaitOutAsync("Leaving", token => ledger.LeaveAsync(command, way.Origin, token), cancellation);
        if (outcome.Refusal is { } refusal)
        {
            await instances.RefuseAsync(command.InstanceId, refusal, delivery, cancellation);
            return false;
        }

        if (outcome.State is { Status: InstanceStatus.Moving } state && state.IsInHandsOf(host))
        {
            await instances.LeaveHostAsync(outcome, way);
            LogLeft(log, command.Destination);
        }

        return true;
    }

    /// <summary>This host takes an instance over, or acts for a host without a worker that does; or the host where the message goes on, null: it has ended.</summary>
    public async Task<string?> ArriveAsync(MoveInstance command, Delivery delivery, CancellationToken cancellation)
    {
        var state = (await outage.WaitOutAsync("Looking for the instance", token => queries.InstanceAsync(command.InstanceId, token), cancellation))?.State;
        if (state is { IsOnHost: true } or { Status: InstanceStatus.Moving } && state.Host != command.Destination)
        {
            if (!state.IsInHandsOf(host))
            {
                return state.Host;
            }

            if (!await LeaveAsync(command, delivery, cancellation))
            {
                return null;
            }
        }

        if (command.Destination != host && await outage.WaitOutAsync("Looking for the host", token => hosts.IsKnownAsync(command.Destination, token), cancellation))
        {
            return command.Destination;
        }

        var way = instances.WayOf(command.InstanceId, delivery, cancellation);
        var outcome = await outage.WaitOutAsync("Arriving", token => ledger.ArriveAsync(command, way.Origin, token), cancellation);
        if (outcome.Refusal is { } refusal)
        {
            await instances.RefuseAsync(command.InstanceId, refusal, delivery, cancellation);
            return null;
        }

        try
        {
            await instances.TellOfFloatingsAsync(await instances.BringAboutAsync(outcome, way), way);
        }
        catch (HostApplyException failure)
        {
            await instances.RefuseAsync(command.InstanceId, InstanceOnHost.RefusalOf(failure), delivery, cancellation);
        }

        return null;
    }

    /// <summary>The command of a message that names both hosts.</summary>
    public MoveInstance CommandOf(Guid instanceId, string destination) => new(instanceId, destination, clock.GetUtcNow(), settings.Manager != NetworkManagerKind.FlatManager);

    [LoggerMessage(Level = LogLevel.Information, Message = "Let go, on the way to {Destination:l}")]
    private static partial void LogLeft(ILogger log, string destination);
}
