using MassTransit;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;

namespace NovaNetBus.NetworkWorker.Intake;

/// <summary>
/// Takes what is about floating IPs. A message is the token of what it asks for: each host that has something to do for it does that and gives it on, so that the one
/// that has a floating IP lets go of it before another takes it up, and nobody has to wait or to ask.
/// </summary>
internal sealed class FloatingConsumers(
    NovaNetOptions options, FloatingPipeline pipeline, HandOver handOver, InstanceOrder order, QueueSender sender, Outage outage, TimeProvider clock)
    : IConsumer<FloatingAssociate>, IConsumer<FloatingDisassociate>
{
    public Task Consume(ConsumeContext<FloatingAssociate> context)
    {
        var command = FloatingTranslation.ToCommand(context.Message, options, clock.GetUtcNow());
        return FollowAsync(context, command.InstanceId, SubjectsOf(command.InstanceId, command.FloatingIp), (delivery, within, token) => pipeline.AssociateAsync(command, within, delivery, token));
    }

    public Task Consume(ConsumeContext<FloatingDisassociate> context)
    {
        var message = FloatingTranslation.Checked(context.Message);
        return FollowAsync(context, null, SubjectsOf(null, message.FloatingIp), (delivery, within, token) => pipeline.DisassociateAsync(message, within, delivery, token));
    }

    private static Subject[] SubjectsOf(Guid? instance, string? floating) =>
        [.. instance is { } id ? [Subject.Of(id)] : Array.Empty<Subject>(), .. Ipv4.TryParse(floating, out var address) ? [Subject.Of(address)] : Array.Empty<Subject>()];

    /// <summary>
    /// Step by step, each within the order of the instance that it changes; of an instance that the message does not name, that is known only then. No step waits for another
    /// message while it is in an order itself.
    /// </summary>
    private async Task FollowAsync<T>(ConsumeContext<T> context, Guid? instance, Subject[] subjects, Func<Delivery, Guid?, CancellationToken, Task<FloatingStep>> take)
        where T : class
    {
        FloatingStep step = new FloatingStep.Within(instance);
        await handOver.RunAsync(context, instance, subjects, async (delivery, token) => step = await take(delivery, instance, token));
        while (step is FloatingStep.Within { InstanceId: { } next })
        {
            var delivery = Delivery.Of(context);
            using var scope = LogScope.Of(delivery.MessageId, next, options.Host);
            await order.After([.. subjects.Append(Subject.Of(next)).Distinct()], async () => step = await take(delivery, next, context.CancellationToken));
        }

        if (step is FloatingStep.At elsewhere)
        {
            await outage.WaitOutAsync(
                "Sending on", token => sender.SendToWorkerAsync(context, elsewhere.Host, Wire.ExchangeOf(typeof(T)), token), context.CancellationToken);
        }
    }
}
