using NovaNetBus.Domain.Instances;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Ledger;
using NovaNetBus.NetworkWorker.Host;

namespace NovaNetBus.NetworkWorker;

/// <summary>
/// The way of one instance's message: decide and commit → apply → record → report; the caller acknowledges when it ends. A crash anywhere
/// leads to a redelivery, which finds the decision, applies what is missing and reports the same again. Each stage gathers the messages that
/// are on their way at the same time into one batch.
/// </summary>
internal sealed class InstancePipeline(InstanceLedger ledger, InstanceOnHost instances, Outage outage, TimeProvider clock)
{
    /// <summary>Brings an instance's network into being, and tells so; or tells why not.</summary>
    public async Task SpawnAsync(Spawn command, Delivery delivery, CancellationToken cancellation)
    {
        var way = instances.WayOf(command.InstanceId, delivery, cancellation);
        var outcome = await outage.WaitOutAsync("Allocating", token => ledger.SpawnAsync(command, way.Origin, token), cancellation);
        if (outcome.Refusal is { } refusal)
        {
            await instances.LetGoAsync(outcome, way); // of what an earlier try may have left
            await instances.RefuseAsync(command.InstanceId, refusal, delivery, cancellation, command.Host);
            return;
        }

        try
        {
            await instances.TellOfFloatingsAsync(await instances.BringAboutAsync(outcome, way), way);
        }
        catch (HostApplyException failure)
        {
            var why = InstanceOnHost.RefusalOf(failure);
            await instances.LetGoAsync(await outage.WaitOutAsync("Taking back", token => ledger.WithdrawnAsync(command, outcome.State!.Generation, why, way.Origin, token), cancellation), way);
            await instances.RefuseAsync(command.InstanceId, why, delivery, cancellation, command.Host);
        }
    }

    /// <summary>One more address for a running instance.</summary>
    public async Task AddFixedIpAsync(AddFixedIp command, Delivery delivery, CancellationToken cancellation)
    {
        var way = instances.WayOf(command.InstanceId, delivery, cancellation);
        var outcome = await outage.WaitOutAsync("Adding an address", token => ledger.AddFixedIpAsync(command, way.Origin, token), cancellation);
        if (outcome.Refusal is { } refusal)
        {
            await instances.RefuseAsync(command.InstanceId, refusal, delivery, cancellation);
            return;
        }

        try
        {
            await instances.BringAboutAsync(outcome, way);
        }
        catch (HostApplyException failure)
        {
            await instances.LetGoAsync(await outage.WaitOutAsync(
                "Taking back", token => ledger.WithdrawnFixedIpAsync(command.InstanceId, outcome.State!.Generation, clock.GetUtcNow(), way.Origin, token), cancellation), way);
            await instances.RefuseAsync(command.InstanceId, InstanceOnHost.RefusalOf(failure), delivery, cancellation);
        }
    }

    /// <summary>An address less for a running instance. It is free only when the host has let go of it.</summary>
    public async Task RemoveFixedIpAsync(RemoveFixedIp command, Delivery delivery, CancellationToken cancellation)
    {
        var way = instances.WayOf(command.InstanceId, delivery, cancellation);
        var outcome = await outage.WaitOutAsync("Removing an address", token => ledger.RemoveFixedIpAsync(command, way.Origin, token), cancellation);
        try
        {
            await (outcome.Refusal is { } refusal ? instances.RefuseAsync(command.InstanceId, refusal, delivery, cancellation) : instances.BringAboutAsync(outcome, way));
        }
        catch (HostApplyException failure)
        {
            await instances.RefuseAsync(command.InstanceId, InstanceOnHost.RefusalOf(failure), delivery, cancellation);
        }
    }

    /// <summary>Takes an instance's network back: its addresses are free only when the host has let go of them.</summary>
    public async Task DeleteAsync(Guid instanceId, Delivery delivery, CancellationToken cancellation)
    {
        var way = instances.WayOf(instanceId, delivery, cancellation);
        var deleted = await outage.WaitOutAsync("Deleting", token => ledger.DeleteAsync(instanceId, clock.GetUtcNow(), way.Origin, token), cancellation);
        if (deleted.Refusal is { } refusal)
        {
            await instances.RefuseAsync(instanceId, refusal, delivery, cancellation);
            return;
        }

        await instances.ReleaseAsync(deleted, way);
    }

    /// <summary>
    /// Another host's instance has changed, and this host alone serves a network of it: it follows, and if it is the last to do so, tells it. By whom it was told first
    /// does not matter: what is done already is left, and what is recorded already is told again.
    /// </summary>
    /// <param name="leads">Whoever led may be gone: of an instance that no worker looks after, this one has the others follow.</param>
    public async Task FollowAsync(Guid instanceId, Delivery delivery, CancellationToken cancellation, bool leads = false)
    {
        var way = instances.WayOf(instanceId, delivery, cancellation) with { Leads = leads };
        var outcome = await outage.WaitOutAsync("Looking", token => ledger.FindAsync(instanceId, clock.GetUtcNow(), way.Origin, token), cancellation);
        if (outcome.State is not { } state)
        {
            return;
        }

        try
        {
            await (state.Status is InstanceStatus.Releasing or InstanceStatus.Released ? instances.ReleaseAsync(outcome, way)
                : state.Status == InstanceStatus.Failed ? instances.LetGoAsync(outcome, way)
                : instances.BringAboutAsync(outcome, way));
        }
        catch (HostApplyException failure)
        {
            await instances.RefuseAsync(instanceId, InstanceOnHost.RefusalOf(failure), delivery, cancellation);
        }
    }
}
