using MassTransit;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;

namespace NovaNetBus.NetworkWorker.Intake;

/// <summary>Hands messages over in the broker's order, and waits for their end.</summary>
internal sealed class HandOver(NovaNetOptions options, InstanceOrder order)
{
    /// <summary>Runs <paramref name="handle"/> when it is the message's turn among those of its subjects; its place there is taken in the order of the deliveries.</summary>
    /// <param name="instanceId">For the log; null: the message names none.</param>
    public async Task RunAsync(ConsumeContext context, Guid? instanceId, IReadOnlyCollection<Subject> subjects, Func<Delivery, CancellationToken, Task> handle)
    {
        var delivery = Delivery.Of(context);
        using var scope = LogScope.Of(delivery.MessageId, instanceId, options.Host);
        var turn = await DeliveryOrder.TurnAsync(context);
        var handled = order.After(subjects, () => handle(delivery, context.CancellationToken));
        turn.Pass();
        await handled;
    }
}
