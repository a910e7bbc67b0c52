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
/// The way of one instance's message: decide and commit → apply → record → report; the caller acknowledges when it ends. A crash anywhere
/// leads to a redelivery, which finds the decision, applies what is missing and reports the same again. Each stage gathers the messages that
/// are on their way at the same time into one batch.
/// </summary>
internal sealed partial class InstancePipeline(
    string host, HostSettings settings, InstanceLedger ledger, RefusalLedger refusals, Reconciler reconciler, LeaseWatch leases, FactPublisher facts, QueueSender queues, Outage outage, TimeProvider clock,
    ILogger<InstancePipeline> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Brings an instance's network into being, and tells so; or tells why not.</summary>
    public async Task SpawnAsync(Spawn command, Delivery delivery, CancellationToken cancellation)
    {
        var way = WayOf(command.InstanceId, delivery, cancellation);
        var outcome = await outage.WaitOutAsync("Allocating", token => ledger.SpawnAsync(command, way.Origin, token), cancellation);
        if (outcome.Refusal is { } refusal)
        {
            await LetGoAsync(outcome, way); // of what an earlier try may have left
            await RefuseAsync(command.InstanceId, refusal, delivery, cancellation);
            return;
        }

        try
        {
            await TellOfFloatingsAsync(await BringAboutAsync(outcome, way), way);
        }
        catch (HostApplyException failure)
        {
            var why = RefusalOf(failure);
            await LetGoAsync(await outage.WaitOutAsync("Taking back", token => ledger.WithdrawnAsync(command, outcome.State!.Generation, why, way.Origin, token), cancellation), way);
            await RefuseAsync(command.InstanceId, why, delivery, cancellation);
        }
    }

    /// <summary>One more address for a running instance.</summary>
    public async Task AddFixedIpAsync(AddFixedIp command, Delivery delivery, CancellationToken cancellation)
    {
        var way = WayOf(command.InstanceId, delivery, cancellation);
        var outcome = await outage.WaitOutAsync("Adding an address", token => ledger.AddFixedIpAsync(command, way.Origin, token), cancellation);
        if (outcome.Refusal is { } refusal)
        {
            await RefuseAsync(command.InstanceId, refusal, delivery, cancellation);
            return;
        }

        try
        {
            await BringAboutAsync(outcome, way);
        }
        catch (HostApplyException failure)
        {
            await LetGoAsync(await outage.WaitOutAsync(
                "Taking back", token => ledger.WithdrawnFixedIpAsync(command.InstanceId, outcome.State!.Generation, clock.GetUtcNow(), way.Origin, token), cancellation), way);
            await RefuseAsync(command.InstanceId, RefusalOf(failure), delivery, cancellation);
        }
    }

    /// <summary>An address less for a running instance. It is free only when the host has let go of it.</summary>
    public async Task RemoveFixedIpAsync(RemoveFixedIp command, Delivery delivery, CancellationToken cancellation)
    {
        var way = WayOf(command.InstanceId, delivery, cancellation);
        var outcome = await outage.WaitOutAsync("Removing an address", token => ledger.RemoveFixedIpAsync(command, way.Origin, token), cancellation);
        try
        {
            await (outcome.Refusal is { } refusal ? RefuseAsync(command.InstanceId, refusal, delivery, cancellation) : BringAboutAsync(outcome, way));
        }
        catch (HostApplyException failure)
        {
            await RefuseAsync(command.InstanceId, RefusalOf(failure), delivery, cancellation);
        }
    }

    /// <summary>Takes an instance's network back: its addresses are free only when the host has let go of them.</summary>
    public async Task DeleteAsync(Guid instanceId, Delivery delivery, CancellationToken cancellation)
    {
        var origin = OriginOf(instanceId, delivery);
        var deleted = await outage.WaitOutAsync("Deleting", token => ledger.DeleteAsync(instanceId, clock.GetUtcNow(), origin, token), cancellation);
        if (deleted.Refusal is { } refusal)
        {
            await RefuseAsync(instanceId, refusal, delivery, cancellation);
            return;
        }

        await ReleaseAsync(deleted, new Way(instanceId, delivery, origin, cancellation));
    }

    /// <summary>
    /// Another host's instance has changed, and this host alone serves a network of it: it follows, and if it is the last to do so, tells it. By whom it was told first
    /// does not matter: what is done already is left, and what is recorded already is told again.
    /// </summary>
    public async Task FollowAsync(Guid instanceId, Delivery delivery, CancellationToken cancellation)
    {
        var way = new Way(instanceId, delivery, OriginOf(instanceId, delivery), cancellation);
        var outcome = await outage.WaitOutAsync("Looking", token => ledger.FindAsync(instanceId, clock.GetUtcNow(), way.Origin, token), cancellation);
        if (outcome.State is not { } state)
        {
            return;
        }

        try
        {
            await (state.Status is InstanceStatus.Releasing or InstanceStatus.Released ? ReleaseAsync(outcome, way)
                : state.Status == InstanceStatus.Failed ? LetGoAsync(outcome, way)
                : BringAboutAsync(outcome, way));
        }
        catch (HostApplyException failure)
        {
            await RefuseAsync(instanceId, RefusalOf(failure), delivery, cancellation);
        }
    }

    private async Task ReleaseAsync(InstanceOutcome deleted, Way way)
    {
        var instance = deleted.State!;
        if (instance.Status == InstanceStatus.Releasing)
        {
            await HandOverAsync(deleted, way);
            var cause = new Cause(way.Delivery.MessageId, way.InstanceId);
            var actions = await reconciler.ApplyAsync(() => HostChange.Going(ViewOf(deleted, has: true, leaving: true), cause), way.Cancellation);
            await SeeLeasesAsync(way.Cancellation);
            var released = await outage.WaitOutAsync(
                "Releasing", token => ledger.ReleasedAsync(way.InstanceId, settings.EndsLeases, clock.GetUtcNow(), way.Origin with { Actions = actions }, token), way.Cancellation);
            instance = released.State!;
        }

        if (instance.Status != InstanceStatus.Released)
        {
            return; // whoever lets go last tells it
        }

        foreach (var floating in instance.Floatings)
        {
            await PublishAsync(Facts.Disassociated(instance, floating, instance.Host ?? host), way.InstanceId, way.Unanswered, way.Cancellation);
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
        if (state.Host != host || (state.Status == InstanceStatus.Configured && !state.IsLettingGo))
        {
            return; // the instance's own host has told all
        }

        // Whoever is last answers; but only this host knows how to answer what was not asked for by those words.
        var delivery = way.AnswersConfigured ? way.Delivery : way.Unanswered;
        foreach (var other in state.HostsToFollow(outcome.Networks.Select(served => served.Network)).Where(other => other != host && !state.Ready.Contains(other)))
        {
            await outage.WaitOutAsync("Handing over", token => queues.TellAsync(new InstanceNetworkChanged(way.InstanceId), other, delivery, token), way.Cancellation);
        }
    }

    /// <summary>Tells why an instance does not get what was asked for it.</summary>
    public async Task RefuseAsync(Guid instanceId, Refusal refusal, Delivery delivery, CancellationToken cancellation)
    {
        LogRefused(log, refusal.Code, refusal.Message);
        var fact = new RequestRefused(null, instanceId, refusal.Code, refusal.Message, clock.GetUtcNow());
        await outage.WaitOutAsync("Recording a refusal", token => refusals.RecordAsync(fact, OriginOf(instanceId, delivery), token), cancellation);
        await PublishAsync(Facts.Failed(instanceId, host, refusal), instanceId, delivery, cancellation);
    }

    /// <summary>The host lets go of an instance that moves, and that is recorded.</summary>
    public async Task LeaveHostAsync(InstanceOutcome leaving, Way way)
    {
        await reconciler.ApplyAsync(HostChange.Going(ViewOf(leaving, has: true, leaving: true), new Cause(way.Delivery.MessageId, way.InstanceId)), way.Cancellation);
        await SeeLeasesAsync(way.Cancellation);
        await outage.WaitOutAsync("Recording", token => ledger.LeftAsync(way.InstanceId, settings.EndsLeases, clock.GetUtcNow(), way.Origin, token), way.Cancellation);
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

        await PublishAsync(
            Facts.Configured(outcome.State, outcome.Networks, settings), way.InstanceId, way.AnswersConfigured ? way.Delivery : way.Unanswered, way.Cancellation, outcome.State.Host);
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
            token => ledger.ConfiguredAsync(way.InstanceId, instance.Generation, settings.EndsLeases, clock.GetUtcNow(), way.Origin with { Actions = actions }, token),
            way.Cancellation);
        foreach (var left in instance.LeavingFloatings.Where(left => !left.NeverLed && !recorded.State!.LeavingFloatings.Contains(left)))
        {
            var delivery = left.Floating.Address == way.AnswersFloating ? way.Delivery : way.Unanswered;
            await PublishAsync(Facts.Disassociated(instance, left.Floating, instance.Host ?? host), way.InstanceId, delivery, way.Cancellation);
        }

        return recorded;
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

/// <summary>What goes along with a message on its way.</summary>
internal sealed record Way(Guid InstanceId, Delivery Delivery, Origin Origin, CancellationToken Cancellation)
{
    /// <summary>That the host is configured is what was asked for.</summary>
    public bool AnswersConfigured { get; init; } = true;

    /// <summary>That this floating IP is let go of is what was asked for.</summary>
    public Ipv4? AnswersFloating { get; init; }

    /// <summary>For what nobody has asked for.</summary>
    public Delivery Unanswered => Delivery with { ReplyTo = null };
}
