using NovaNetBus.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>Queues of workers that are gone for good.</summary>
public sealed class WorkerQueues(Broker broker, QueueSender queues)
{
    /// <summary>How long nothing may come from a queue that is believed to hold something.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>True while somebody takes from the queue of a host's worker.</summary>
    public async Task<bool> IsConsumedAsync(string host, CancellationToken cancellation) => await queues.StateAsync(Wire.WorkerQueue(host), cancellation) is { Consumers: > 0 };

    /// <summary>
    /// Takes the queue and its error queue away. First its bindings, so that nothing new comes; what waits goes to the scheduler's, in order and confirmed, before it is acknowledged. May
    /// be done again; a worker that starts after all makes its queue anew. Throws when the broker does not answer.
    /// </summary>
    public async Task RetireAsync(string host, CancellationToken cancellation)
    {
        var queue = Wire.WorkerQueue(host);
        if (await queues.StateAsync(queue, cancellation) is null)
        {
            return;
        }

        await using var channel = await broker.ChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellation);
        foreach (var exchange in Wire.ComputeEvents.Values)
        {
            await channel.QueueUnbindAsync(queue, exchange, host, cancellationToken: cancellation);
        }

        await HandOverAsync(channel, queue, Wire.SchedulerQueue, cancellation);
        await HandOverErrorsAsync(channel, queue, cancellation);

        // A quorum queue cannot be deleted on conditions, so they are asked for; of a worker that starts in between nothing is lost but the queue, which it makes again.
        if (await queues.StateAsync(queue, cancellation) is { Consumers: 0, Messages: 0 })
        {
            await channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false, cancellationToken: cancellation);
        }
    }

    /// <summary>What could not be handled stays in sight: it goes to the scheduler's error queue.</summary>
    private async Task HandOverErrorsAsync(IChannel channel, string queue, CancellationToken cancellation)
    {
        if (await queues.StateAsync(Wire.ErrorQueue(queue), cancellation) is not null)
        {
            await ErrorQueues.DeclareAsync(channel, Wire.SchedulerQueue, cancellation);
            await HandOverAsync(channel, Wire.ErrorQueue(queue), Wire.ErrorQueue(Wire.SchedulerQueue), cancellation);
            await channel.QueueDeleteAsync(Wire.ErrorQueue(queue), ifUnused: false, ifEmpty: false, cancellationToken: cancellation);
        }
    }

    /// <summary>By consuming: a worker's queue has a single active consumer, which nobody may "get" from.</summary>
    private async Task HandOverAsync(IChannel channel, string queue, string to, CancellationToken cancellation)
    {
        var arrived = System.Threading.Channels.Channel.CreateUnbounded<BasicDeliverEventArgs>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) => await arrived.Writer.WriteAsync(Kept(delivery), CancellationToken.None);
        await channel.BasicQosAsync(0, 100, global: false, cancellation);
        var tag = await channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellation);
        while (await NextAsync(arrived.Reader, cancellation) is { } delivery)
        {
            var properties = Forwarding.PropertiesOf(
                delivery.BasicProperties, Forwarding.UserOf(delivery.BasicProperties, delivery.Exchange, delivery.RoutingKey), broker.User);
            properties.Type = string.IsNullOrEmpty(delivery.BasicProperties.Type) ? delivery.Exchange : delivery.BasicProperties.Type;
            await channel.BasicPublishAsync("", to, mandatory: true, properties, delivery.Body, cancellation);
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, cancellation);
        }

        await channel.BasicCancelAsync(tag, cancellationToken: cancellation);
    }

    /// <summary>Null: nothing has come for a while, so there is nothing.</summary>
    private static async Task<BasicDeliverEventArgs?> NextAsync(System.Threading.Channels.ChannelReader<BasicDeliverEventArgs> arrived, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(Patience);
        try
        {
            return await arrived.ReadAsync(bound.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The client uses the body's memory again when its event is over.</summary>
    private static BasicDeliverEventArgs Kept(BasicDeliverEventArgs delivery) => new(
        delivery.ConsumerTag, delivery.DeliveryTag, delivery.Redelivered, delivery.Exchange, delivery.RoutingKey, delivery.BasicProperties, delivery.Body.ToArray(), delivery.CancellationToken);
}
