using Microsoft.Extensions.Logging;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
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
internal sealed partial class InstancePipeline(
    string host, HostSettings settings, InstanceLedger ledger, Reconciler reconciler, FactPublisher facts, Outage outage, TimeProvider clock,
    ILogger<InstancePipeline> log)
{
    /// <summary>Brings an instance's network into being, and tells so; or tells why not.</summary>
    public async Task SpawnAsync(Spawn command, Delivery delivery, CancellationToken cancellation)
    {
        var origin = OriginOf(command.InstanceId, delivery);
        var outcome = await outage.WaitOutAsync("Allocating", token => ledger.SpawnAsync(command, origin, token), cancellation);
        if (outcome.Refusal is { } refusal)
        {
            await RefuseAsync(command.InstanceId, refusal, delivery, cancellation);
            return;
        }

        var instance = outcome.State!;
        try
        {
            await reconciler.ApplyAsync(HostChange.Coming(ViewOf(instance, outcome.Networks), new Cause(delivery.MessageId, instance.InstanceId)), cancellation);
        }
        catch (HostApplyException failure)
        {
            // The addresses stay the instance's: the message may be published again, or the instance deleted.
            await RefuseAsync(command.InstanceId, new Refusal(failure.Code, failure.Message, Retryable: true), delivery, cancellation);
            return;
        }

        var configured = await outage.WaitOutAsync(
            "Recording", token => ledger.ConfiguredAsync(command.InstanceId, instance.Generation, clock.GetUtcNow(), origin, token), cancellation);
        await PublishAsync(Facts.Configured(configured.State!, configured.Networks, settings.DnsServers), command.InstanceId, delivery, cancellation);
        LogConfigured(log, instance.Hostname, InstanceDecisions.AddressesOf(instance), instance.Generation);
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

        var instance = deleted.State!;
        if (instance.Status == InstanceStatus.Releasing)
        {
            await reconciler.ApplyAsync(HostChange.Going(ViewOf(instance, deleted.Networks), new Cause(delivery.MessageId, instanceId)), cancellation);
            var released = await outage.WaitOutAsync("Releasing", token => ledger.ReleasedAsync(instanceId, clock.GetUtcNow(), origin, token), cancellation);
            instance = released.State!;
        }

        await PublishAsync(Facts.Released(instance, host), instanceId, delivery, cancellation);
        LogReleased(log, InstanceDecisions.AddressesOf(instance));
    }

    /// <summary>Tells why an instance does not get what was asked for it.</summary>
    public Task RefuseAsync(Guid instanceId, Refusal refusal, Delivery delivery, CancellationToken cancellation)
    {
        LogRefused(log, refusal.Code, refusal.Message);
        return PublishAsync(Facts.Failed(instanceId, host, refusal), instanceId, delivery, cancellation);
    }

    private Origin OriginOf(Guid instanceId, Delivery delivery) => new(delivery.MessageId, instanceId.ToString(), host, delivery.UserId);

    private HostView ViewOf(InstanceNetwork instance, IReadOnlyList<ServedNetwork> networks) => new(
        host, settings, networks,
        [.. instance.Ports.Select(port => new ServedPort(port.NetworkId, port.PortName, port.Mac, port.Address, instance.Hostname ?? ""))]);

    private Task PublishAsync(object fact, Guid instanceId, Delivery delivery, CancellationToken cancellation) =>
        outage.WaitOutAsync("Publishing", token => facts.PublishAsync(fact, host, instanceId.ToString(), delivery, token), cancellation);

    [LoggerMessage(Level = LogLevel.Information, Message = "Configured {Hostname}: {Addresses:l}, generation {Generation}")]
    private static partial void LogConfigured(ILogger log, string? hostname, ValueList<Ipv4> addresses, long generation);

    [LoggerMessage(Level = LogLevel.Information, Message = "Released: {Addresses:l}")]
    private static partial void LogReleased(ILogger log, ValueList<Ipv4> addresses);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused, {Code:l}: {Reason:l}")]
    private static partial void LogRefused(ILogger log, string code, string reason);
}
