using Microsoft.Extensions.Logging;
using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Ledger;
using NovaNetBus.NetworkWorker.Host;

namespace NovaNetBus.NetworkWorker;

/// <summary>What a step of a message about a floating IP leads to.</summary>
internal abstract record FloatingStep
{
    private FloatingStep()
    {
    }

    /// <summary>The message's end.</summary>
    public sealed record Done : FloatingStep;

    /// <summary>It goes on here, within the order of this instance.</summary>
    public sealed record Within(Guid? InstanceId) : FloatingStep;

    /// <summary>It goes on at this host.</summary>
    public sealed record At(string Host) : FloatingStep;
}

/// <summary>The way of a message about a floating IP: what comes next is asked of the log, and done here or left to another host.</summary>
internal sealed partial class FloatingPipeline(
    string host, InstanceLedger ledger, FloatingQueries queries, InstanceOnHost instances, Outage outage, TimeProvider clock, ILogger<FloatingPipeline> log)
{
    /// <param name="within">The instance in whose order this step runs.</param>
    public async Task<FloatingStep> AssociateAsync(AssociateFloating command, Guid? within, Delivery delivery, CancellationToken cancellation)
    {
        while (true)
        {
            switch (await outage.WaitOutAsync("Finding the way", token => queries.WayToAssociateAsync(command, token), cancellation))
            {
                case FloatingWay.Refused refused:
                    await instances.RefuseAsync(command.InstanceId, refused.Refusal, delivery, cancellation);
                    return new FloatingStep.Done();
                case FloatingWay.Disassociate holder when NotHere(holder.Host, holder.InstanceId, within) is { } elsewhere:
                    return elsewhere;
                case FloatingWay.Disassociate holder:
                    // What was asked for is answered when it leads to its new place. That it has left here is told from the log, as is what its instance has now: the message would not find it again.
                    var way = instances.WayOf(holder.InstanceId, delivery with { ReplyTo = null }, cancellation) with { TellsConfigured = false };
                    if (await LetGoAsync(holder, null, way) is { } refusal
                        && refusal.Code != ErrorCodes.FloatingIpNotAssociated)
                    {
                        await instances.RefuseAsync(command.InstanceId, refusal, delivery, cancellation);
                        return new FloatingStep.Done();
                    }

                    break;
                case FloatingWay.Associate target when NotHere(target.Host, target.InstanceId, within) is { } elsewhere:
                    return elsewhere;
                case FloatingWay.Associate:
                    if (await LeadAsync(command, delivery, cancellation))
                    {
                        return new FloatingStep.Done();
                    }

                    break;
                default:
                    throw new InvalidOperationException("there is no such way");
            }
        }
    }

    /// <inheritdoc cref="AssociateAsync"/>
    public async Task<FloatingStep> DisassociateAsync(FloatingDisassociate message, Guid? within, Delivery delivery, CancellationToken cancellation)
    {
        switch (await outage.WaitOutAsync("Finding the way", token => queries.WayToDisassociateAsync(message.FloatingIp, message.ProjectId, delivery.MessageId, token), cancellation))
        {
            case FloatingWay.Refused refused:
                await instances.RefuseAsync(Guid.Empty, refused.Refusal, delivery, cancellation);
                break;
            case FloatingWay.Done done:
                await instances.TellAgainAsync(instances.WayOf(done.Left.InstanceId, delivery, cancellation));
                await instances.PublishAsync(Facts.Disassociated(done.Left), done.Left.InstanceId, delivery, cancellation);
                break;
            case FloatingWay.Disassociate holder when NotHere(holder.Host, holder.InstanceId, within) is { } elsewhere:
                return elsewhere;
            case FloatingWay.Disassociate holder:
                var way = instances.WayOf(holder.InstanceId, delivery, cancellation) with { AnswersConfigured = false, AnswersFloating = holder.Address };
                if (await LetGoAsync(holder, delivery.MessageId, way) is { } refusal)
                {
                    await instances.RefuseAsync(holder.InstanceId, refusal, delivery, cancellation);
                }

                break;
        }

        return new FloatingStep.Done();
    }

    /// <param name="next">Null: any host may.</param>
    private FloatingStep? NotHere(string? next, Guid instanceId, Guid? within) =>
        next is not null && next != host ? new FloatingStep.At(next) : instanceId != within ? new FloatingStep.Within(instanceId) : null;

    /// <summary>False: somebody else was first, and the way is another now.</summary>
    private async Task<bool> LeadAsync(AssociateFloating command, Delivery delivery, CancellationToken cancellation)
    {
        var way = instances.WayOf(command.InstanceId, delivery, cancellation);
        var outcome = await outage.WaitOutAsync("Associating", token => ledger.AssociateAsync(command, way.Origin, token), cancellation);
        if (outcome.Refusal is { } refusal)
        {
            if (refusal.Code == ErrorCodes.FloatingIpAssociated)
            {
                return false;
            }

            await instances.RefuseAsync(command.InstanceId, refusal, delivery, cancellation);
            return true;
        }

        try
        {
            var configured = await instances.SettledAsync(await instances.BringAboutAsync(outcome, way with { AnswersConfigured = false }), way);
            if (configured.State!.Floatings.FirstOrDefault(floating => floating.Address == outcome.Floating) is { } floating)
            {
                await instances.PublishAsync(Facts.Associated(configured.State, floating), command.InstanceId, delivery, cancellation);
                LogLeads(log, floating.Address, floating.FixedIp);
            }
        }
        catch (HostApplyException failure)
        {
            await instances.LetGoAsync(await outage.WaitOutAsync(
                "Taking back", token => ledger.WithdrawnFloatingAsync(command.InstanceId, outcome.State!.Generation, clock.GetUtcNow(), way.Origin, token), cancellation), way);
            await instances.RefuseAsync(command.InstanceId, InstanceOnHost.RefusalOf(failure), delivery, cancellation);
        }

        return true;
    }

    /// <summary>The host lets go of it, and that is told; else why not.</summary>
    private async Task<Refusal?> LetGoAsync(FloatingWay.Disassociate holder, string? request, Way way)
    {
        var command = new DisassociateFloating(holder.InstanceId, holder.Address, request, clock.GetUtcNow());
        var outcome = await outage.WaitOutAsync("Disassociating", token => ledger.DisassociateAsync(command, way.Origin, token), way.Cancellation);
        if (outcome.Refusal is not null)
        {
            return outcome.Refusal;
        }

        try
        {
            var followed = await instances.BringAboutAsync(outcome, way);
            if (followed.State!.Status == InstanceStatus.Allocated && way.AnswersFloating == holder.Address
                && outcome.State!.LeavingFloatings.FirstOrDefault(left => left.Floating.Address == holder.Address) is { } leaving)
            {
                // Another host lets go of it last, and does not know who has asked.
                var settled = await instances.SettledAsync(followed, way);
                await instances.TellOfLeftAsync(settled.State!, leaving, way);
            }

            LogLeft(log, holder.Address);
            return null;
        }
        catch (HostApplyException failure)
        {
            return InstanceOnHost.RefusalOf(failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Floating} leads to {Fixed}")]
    private static partial void LogLeads(ILogger log, Ipv4 floating, Ipv4 @fixed);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Floating} leads nowhere")]
    private static partial void LogLeft(ILogger log, Ipv4 floating);
}
