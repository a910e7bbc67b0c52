using System.Diagnostics;
using Microsoft.Extensions.Logging;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Ledger;
using NovaNetBus.NetworkWorker.Host;

namespace NovaNetBus.NetworkWorker;

/// <summary>
/// What this host has to do for networks that one host serves, as each heartbeat's answer says: it holds them on lease, takes them up, gives them over, lets go of them.
/// The order is what keeps two hosts from answering for one address (ADR 25): what was lost is let go of before the lease is renewed, and what is new is taken up after.
/// </summary>
internal sealed partial class NetworkDuties(
    string hostName, IHost host, Reconciler reconciler, NetworkHosts networkHosts, HostViews views, InstancePipeline pipeline, QueueSender queues,
    TimeProvider clock, ILogger<NetworkDuties> log)
{
    /// <summary>For so long after it fell silent a host forwards what was on its way by it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private const int Announcements = 4;

    private readonly SemaphoreSlim oneAtATime = new(1, 1);
    private HostLease lease = HostLease.None;
    private IReadOnlyDictionary<Guid, NetworkDuty> duties = new Dictionary<Guid, NetworkDuty>();
    private IReadOnlyList<NetworkDuty> done = [];
    private bool mustLetGo = true, isUnready;
    private int announcements;

    /// <summary>True while the host serves a network, or is to: it reports more often then.</summary>
    public bool Any => duties.Count > 0;

    /// <summary>What this host is for a network now, as far as its lease goes.</summary>
    public NetworkPart PartOf(Network network) => network.MultiHost ? NetworkPart.Gateway : duties.GetValueOrDefault(network.Id) switch
    {
        { Task: NetworkTask.Serve } when lease.Held.Contains(network.Id) => NetworkPart.Gateway,
        { } => NetworkPart.Silent,
        null => NetworkPart.Bridge,
    };

    /// <summary>A heartbeat was sent at this moment of the monotonic clock, was kept, and this is its answer. Returns when the lease is renewed.</summary>
    public async Task TakeAsync(TimeSpan sent, IReadOnlyList<NetworkDuty> answer, CancellationToken cancellation)
    {
        var held = answer.Where(duty => duty.IsHeld).Select(duty => duty.NetworkId).ToList();
        var lost = lease.LostBy(held);
        lease = lease.Renewed(sent, held);
        duties = answer.ToDictionary(duty => duty.NetworkId);
        if (lost.Count > 0)
        {
            LogLost(log, lost.Count);
        }

        // What an earlier worker left is not known; what was lost must not answer on the lease of what is kept.
        mustLetGo |= lost.Count > 0;
        if (mustLetGo)
        {
            await ReconcileAsync(cancellation);
            mustLetGo = false;
        }

        if (held.Count > 0)
        {
            host.Renew((long)(lease.Until.TotalSeconds * Stopwatch.Frequency));
        }

        if (announcements > 0)
        {
            announcements--;
            host.Announce(reconciler.Leased);
        }

        if ((!answer.SequenceEqual(done) || isUnready) && oneAtATime.CurrentCount > 0)
        {
            _ = FollowAsync(answer, cancellation);
        }
    }

    /// <summary>Takes up and gives over what has changed, beside the heartbeats, which must not wait for it. What fails is tried again with the next one.</summary>
    private async Task FollowAsync(IReadOnlyList<NetworkDuty> answer, CancellationToken cancellation)
    {
        await oneAtATime.WaitAsync(cancellation);
        try
        {
            var unsettled = (await ReconcileAsync(cancellation)).Unsettled;
            if (answer.Any(duty => duty.Task == NetworkTask.Serve && !done.Contains(duty)))
            {
                announcements = Announcements;
                host.Announce(reconciler.Leased);
                await CatchUpAsync(cancellation);
            }

            var prepared = answer.Where(duty => duty is { Task: NetworkTask.Prepare, IsReady: false }).Select(duty => duty.NetworkId).ToList();
            await TellReadyAsync([.. prepared.Except(unsettled)], cancellation);
            await GiveOverAsync([.. answer.Where(duty => duty.Task == NetworkTask.GiveOver).Select(duty => duty.NetworkId)], cancellation);
            (done, isUnready) = (answer, prepared.Exists(unsettled.Contains));
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            LogFailed(log, fault.GetBaseException().Message);
        }
        catch (OperationCanceledException)
        {
            // the worker stops; the host stays as it is
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>
    /// Brings the host as far as it comes: what cannot be done for one network keeps no other from its lease. Throws while the host might answer for what it has lost.
    /// </summary>
    private async Task<Reconciled> ReconcileAsync(CancellationToken cancellation)
    {
        var reconciled = await reconciler.ReconcileAsync(cancellation);
        return reconciled.Left.FirstOrDefault(step => step.KeepsSilence) is { } step ? throw new InvalidOperationException($"it could not be done: {step}") : reconciled;
    }

    private async Task TellReadyAsync(IReadOnlyCollection<Guid> networks, CancellationToken cancellation)
    {
        if (networks.Count > 0)
        {
            LogReady(log, networks.Count);
            await TellAsync(await networkHosts.ReadyAsync(networks, hostName, clock.GetUtcNow(), cancellation), cancellation);
        }
    }

    /// <summary>The host is silent for them since the reconcile, as it is not to serve them any more; that is said, and after a while it lets go.</summary>
    private async Task GiveOverAsync(IReadOnlyCollection<Guid> networks, CancellationToken cancellation)
    {
        if (networks.Count == 0)
        {
            return;
        }

        lease = lease with { Held = lease.Held.Except(networks) };
        LogGivenOver(log, networks.Count);
        await TellAsync(await networkHosts.YieldAsync(networks, hostName, clock.GetUtcNow(), cancellation), cancellation);
        await Task.Delay(Grace, clock, cancellation);
    }

    private async Task TellAsync(IReadOnlyList<Network> networks, CancellationToken cancellation)
    {
        foreach (var other in networks.Where(network => network.Host is not null && network.Host != hostName).GroupBy(network => network.Host!))
        {
            await queues.TellAsync(new NetworkDutiesChanged([.. other.Select(network => network.Id)]), other.Key, null, cancellation);
        }
    }

    /// <summary>Instances that waited for the host before: it is this one now that must follow.</summary>
    private async Task CatchUpAsync(CancellationToken cancellation)
    {
        foreach (var instance in await views.WaitingForAsync(hostName, cancellation))
        {
            await pipeline.FollowAsync(
                instance.InstanceId, new Delivery(instance.MessageId, instance.Asker?.CorrelationId, instance.Asker?.ReplyTo, null, null, Redelivered: true), cancellation, leads: true);
        }
    }

    /// <summary>As <see cref="TakeAsync"/>; when the host cannot follow it gets no lease, says so, and is asked again with the next heartbeat.</summary>
    public async Task TryTakeAsync(TimeSpan sent, IReadOnlyList<NetworkDuty> answer, CancellationToken cancellation)
    {
        try
        {
            await TakeAsync(sent, answer, cancellation);
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            LogNoLease(log, fault.GetBaseException().Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease of this host's networks is not renewed: {Reason:l}")]
    private static partial void LogNoLease(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Lets go of {Count} networks before the lease is renewed")]
    private static partial void LogLost(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ready for {Count} networks, and silent until their host has let go")]
    private static partial void LogReady(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Silent for {Count} networks, which another host takes")]
    private static partial void LogGivenOver(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Networks could not be taken up or given over; tried again: {Reason:l}")]
    private static partial void LogFailed(ILogger log, string reason);
}
