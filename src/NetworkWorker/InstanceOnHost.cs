using Microsoft.Extensions.Logging;
using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Requests;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Ledger;
using NovaNetBus.NetworkWorker.Host;
using NovaNetBus.NetworkWorker.Leases;

namespace NovaNetBus.NetworkWorker;

/// <summary>
/// What an instance has, or has no more, comes to this host: apply → record → report, the same for whatever message led to it. Throws <see cref="HostApplyException"/>
/// where the host cannot follow; what that means is the message's own to say.
/// </summary>
internal sealed partial class InstanceOnHost(
    string host, HostSettings settings, InstanceLedger ledger, RefusalLedger refusals, Reconciler reconciler, UnusedGateways unused, LeaseWatch leases, FactPublisher facts, QueueSender queues, Outage outage, TimeProvider clock,
    ILogger<InstanceOnHost> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Look = TimeSpan.FromMilliseconds(50);

    /// <summary>The host lets go of a deleted instance, that is recorded, and told by whoever lets go last.</summary>
    public async Task ReleaseAsync(InstanceOutcome deleted, Way way)
    {
        var instance = deleted.State!;
        if (instance.Status == InstanceStatus.Releasing)
        {
            await HandOverAsync(deleted, way);
            var cause = new Cause(way.Delivery.MessageId, way.InstanceId);
            var actions = await reconciler.ApplyAsync(() => HostChange.Going(ViewOf(deleted, has: true, leaving: true), cause), way.Cancellation);
            await SeeLeasesAsync(way.Cancellation);
            var released = await outage.WaitOutAsync(
                "Releasing", token => ledger.ReleasedAsync(way.InstanceId, settings.EndsLeases, clock.GetUtcNow(), way.After(actions), token), way.Cancellation);
            instance = released.State!;
            unused.Look();
        }

        if (instance.Status != InstanceStatus.Released)
        {
            return; // whoever lets go last tells it
        }

        await PublishAsync(Facts.Released(instance, instance.Host ?? host), way.InstanceId, way.Delivery, way.Cancellation, instance.Host);
        LogReleased(log, InstanceDecisions.AddressesOf(instance));
    }

    /// <summary>The instance when all hosts have followed its change that must: this one has, and waits for the others for some time.</summary>
    public async Task<InstanceOutcome> SettledAsync(InstanceOutcome followed, Way way)
    {
        var (outcome, began) = (followed, clock.GetTimestamp());
        while (outcome.State is { Status: InstanceStatus.Allocated } state && state.Generation == followed.State!.Generation && clock.GetElapsedTime(began) < Patience)
        {
            await Task.Delay(Look, clock, way.Cancellation);
            outcome = await outage.WaitOutAsync("Looking", token => ledger.FindAsync(way.InstanceId, clock.GetUtcNow(), way.Origin, token), way.Cancellation);
        }

        return outcome;
    }

    /// <summary>The log may have given this host a network a moment ago that it does not know of yet.</summary>
    private async Task KnowPartsAsync(InstanceOutcome outcome, Way way)
    {
        const int Looks = 5;
        for (var look = 0; look < Looks && outcome.Networks.Any(IsNews); look++)
        {
            await reconciler.LookUpParts(way.Cancellation);
        }

        bool IsNews(ServedNetwork served) => NetworkDuty.Of(served.Network, host) is not null && reconciler.PartOf?.Invoke(served.Network) == NetworkPart.Bridge;
    }

    /// <summary>Has the other hosts follow that must and have not yet. They may be told twice.</summary>
    private async Task HandOverAsync(InstanceOutcome outcome, Way way)
    {
        var state = outcome.State!;
        var leads = state.IsAttended ? state.Host == host : way.Leads;
        if (!leads || (state.Status == InstanceStatus.Configured && !state.IsLettingGo))
        {
            return; // whoever leads has told all
        }

        // Whoever is last answers; but only this host knows how to answer what was not asked for by those words.
        var delivery = way.AnswersConfigured ? way.Delivery : way.Unanswered;
        foreach (var other in state.HostsToFollow(outcome.Networks.Select(served => served.Network)).Where(other => other != host && !state.Ready.Contains(other)))
        {
            await outage.WaitOutAsync("Handing over", token => queues.TellAsync(new InstanceNetworkChanged(way.InstanceId), other, delivery, token), way.Cancellation);
        }
    }

    /// <summary>Tells why an instance does not get what was asked for it.</summary>
    /// <param name="about">The instance's host; null: this one.</param>
    public async Task RefuseAsync(Guid instanceId, Refusal refusal, Delivery delivery, CancellationToken cancellation, string? about = null)
    {
        LogRefused(log, refusal.Code, refusal.Message);
        var fact = new RequestRefused(null, instanceId, refusal.Code, refusal.Message, clock.GetUtcNow());
        await outage.WaitOutAsync("Recording a refusal", token => refusals.RecordAsync(fact, OriginOf(instanceId, delivery), token), cancellation);
        await PublishAsync(Facts.Failed(instanceId, about ?? host, refusal), instanceId, delivery, cancellation, about);
    }

    /// <summary>The host lets go of an instance that moves, and that is recorded. Of one that no worker looks after it keeps what it serves, and lets go of what leaves it.</summary>
    public async Task LeaveHostAsync(InstanceOutcome leaving, Way way)
    {
        var cause = new Cause(way.Delivery.MessageId, way.InstanceId);
        var all = ViewOf(leaving, has: true, leaving: true);
        await reconciler.ApplyAsync(
            leaving.State!.IsAttended ? HostChange.Going(all, cause) : HostChange.Becoming(all, ViewOf(leaving, has: true, leaving: false), cause), way.Cancellation);
        await SeeLeasesAsync(way.Cancellation);
        await outage.WaitOutAsync("Recording", token => ledger.LeftAsync(way.InstanceId, settings.EndsLeases, clock.GetUtcNow(), way.Origin, token), way.Cancellation);
        unused.Look();
    }

    /// <summary>Each floating IP that leads to an instance which is new on this host.</summary>
    public async Task TellOfFloatingsAsync(InstanceOutcome configured, Way way)
    {
        var instance = configured.State!;
        foreach (var floating in instance.IsOnHost ? instance.Floatings : [])
        {
            await PublishAsync(Facts.Associated(instance, floating), way.InstanceId, way.Unanswered, way.Cancellation);
        }
    }

    /// <summary>What goes along with a message on its way.</summary>
    public Way WayOf(Guid instanceId, Delivery delivery, CancellationToken cancellation) => new(instanceId, delivery, OriginOf(instanceId, delivery), cancellation);

    /// <summary>
    /// The host follows, that is recorded, and told. If the instance's network has changed once more meanwhile, the host follows that too. Throws
    /// <see cref="HostApplyException"/> when the host cannot.
    /// </summary>
    public async Task<InstanceOutcome> BringAboutAsync(InstanceOutcome decided, Way way)
    {
        var outcome = await FollowAsync(decided, way);
        while (outcome.State!.Status == InstanceStatus.Allocated && outcome.State.Generation != decided.State!.Generation)
        {
            decided = outcome;
            outcome = await FollowAsync(outcome, way);
        }

        if (outcome.State.Status == InstanceStatus.Allocated)
        {
            return outcome; // whoever follows last tells it
        }

        if (outcome.State.Status != InstanceStatus.Configured)
        {
            await RefuseAsync(way.InstanceId, new Refusal(ErrorCodes.InstanceDeleted, $"Instance {way.InstanceId} was deleted meanwhile."), way.Delivery, way.Cancellation);
            return outcome;
        }

        if (way.TellsConfigured)
        {
            await PublishAsync(
                Facts.Configured(outcome.State, outcome.Networks, settings), way.InstanceId, way.AnswersConfigured ? way.Delivery : way.Unanswered, way.Cancellation, outcome.State.Host);
        }

        LogConfigured(log, outcome.State.Hostname, InstanceDecisions.AddressesOf(outcome.State), outcome.State.Generation);
        return outcome;
    }

    /// <summary>The host takes up what the instance has and lets go of what leaves it, and that is recorded.</summary>
    private async Task<InstanceOutcome> FollowAsync(InstanceOutcome decided, Way way)
    {
        var instance = decided.State!;
        var cause = new Cause(way.Delivery.MessageId, way.InstanceId);
        await HandOverAsync(decided, way);
        await KnowPartsAsync(decided, way);
        var actions = await reconciler.ApplyAsync(
            () => HostChange.Becoming(ViewOf(decided, instance.IsOnHost, leaving: true), ViewOf(decided, instance.IsOnHost, leaving: false), cause), way.Cancellation);
        await (instance.Leaving.Count > 0 ? SeeLeasesAsync(way.Cancellation) : Task.CompletedTask);
        var recorded = await outage.WaitOutAsync(
            "Recording",
            token => ledger.ConfiguredAsync(way.InstanceId, instance.Generation, settings.EndsLeases, clock.GetUtcNow(), way.After(actions), token),
            way.Cancellation);
        if (instance.Leaving.Count > 0)
        {
            unused.Look();
        }

        foreach (var left in instance.LeavingFloatings.Where(left => !left.NeverLed && !recorded.State!.LeavingFloatings.Contains(left)))
        {
            await TellOfLeftAsync(instance, left, way);
        }

        return recorded;
    }

    /// <summary>
    /// A floating IP leads to an instance no more. Only what this very message has asked for is told from here, for it finds that again, by its id, should this program die before it has told;
    /// all else is told from the log (ADR 33).
    /// </summary>
    public async Task TellOfLeftAsync(InstanceNetwork instance, LeavingIp left, Way way)
    {
        var (fact, delivery) = (Facts.Disassociated(instance, left.Floating, instance.Host ?? host), left.Floating.Address == way.AnswersFloating ? way.Delivery : way.Unanswered);
        await (left.Request is not null && left.Request == way.Delivery.MessageId
            ? PublishAsync(fact, way.InstanceId, delivery, way.Cancellation)
            : outage.WaitOutAsync("Answering", token => facts.AnswerAsync(fact, delivery, token), way.Cancellation));
    }

    /// <summary>Tells once more what an instance of this host has.</summary>
    public async Task TellAgainAsync(Way way)
    {
        var outcome = await outage.WaitOutAsync("Looking", token => ledger.FindAsync(way.InstanceId, clock.GetUtcNow(), way.Origin, token), way.Cancellation);
        if (outcome.State is { Status: InstanceStatus.Configured } state && state.Host == host)
        {
            await PublishAsync(Facts.Configured(state, outcome.Networks, settings), way.InstanceId, way.Unanswered, way.Cancellation);
        }
    }

    /// <summary>Has the host let go of what leaves the instance. When it cannot now, the addresses stay deallocated until the reaper frees them.</summary>
    public async Task LetGoAsync(InstanceOutcome outcome, Way way)
    {
        if (outcome.State is not { IsLettingGo: true } state || !state.HostsToFollow(outcome.Networks.Select(served => served.Network)).Contains(host))
        {
            return;
        }

        try
        {
            await FollowAsync(outcome, way);
        }
        catch (HostApplyException failure)
        {
            LogHeldOn(log, failure.Message);
        }
    }

    /// <summary>An address whose lease is left to run is free at once if it has none: that must be known.</summary>
    private Task SeeLeasesAsync(CancellationToken cancellation) =>
        settings.EndsLeases ? Task.CompletedTask : outage.WaitOutAsync("Looking at leases", leases.CatchUpAsync, cancellation);

    /// <summary>What a host that cannot follow means for the message.</summary>
    public static Refusal RefusalOf(HostApplyException failure) => new(failure.Code, failure.Message, Retryable: true);

    private Origin OriginOf(Guid instanceId, Delivery delivery) => new(delivery.MessageId, instanceId.ToString(), host, delivery.UserId);

    /// <summary>
    /// What of the instance is on the host: what it has, and what leaves it. Of an instance of this host that is all of it, of another's what is of networks that this host
    /// alone serves.
    /// </summary>
    private HostView ViewOf(InstanceOutcome outcome, bool has, bool leaving)
    {
        var instance = outcome.State!;
        var isHere = instance.Host == host;
        ServedPort[] ports = [.. has ? ServedPort.Of(instance) : [], .. leaving ? ServedPort.LeavingOf(instance) : []];
        ServedFloating[] floatings = [.. has ? ServedFloating.Of(instance) : [], .. leaving ? ServedFloating.LeavingOf(instance) : []];
        var networks = outcome.Networks
            .Where(served => ports.Any(port => port.NetworkId == served.Network.Id) && (isHere || NetworkDuty.Of(served.Network, host) is not null)).ToList();
        var ids = networks.Select(served => served.Network.Id).ToHashSet();
        return reconciler.WithParts(new HostView(
            host, settings, networks, [.. ports.Where(port => ids.Contains(port.NetworkId)).Select(port => port with { IsHere = isHere })])
        {
            Floatings = [.. floatings.Where(floating => ids.Contains(floating.NetworkId))],
        });
    }

    /// <summary>Tells a fact, and whoever asked for it; the broker is waited for.</summary>
    public Task PublishAsync(object fact, Guid instanceId, Delivery delivery, CancellationToken cancellation, string? about = null) =>
        outage.WaitOutAsync("Publishing", token => facts.PublishAsync(fact, about ?? host, instanceId.ToString(), delivery, token), cancellation);

    [LoggerMessage(Level = LogLevel.Information, Message = "Configured {Hostname}: {Addresses:l}, generation {Generation}")]
    private static partial void LogConfigured(ILogger log, string? hostname, ValueList<Ipv4> addresses, long generation);

    [LoggerMessage(Level = LogLevel.Information, Message = "Released: {Addresses:l}")]
    private static partial void LogReleased(ILogger log, ValueList<Ipv4> addresses);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused, {Code:l}: {Reason:l}")]
    private static partial void LogRefused(ILogger log, string code, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The host has not let go of what was taken back: {Reason:l}")]
    private static partial void LogHeldOn(ILogger log, string reason);
}
