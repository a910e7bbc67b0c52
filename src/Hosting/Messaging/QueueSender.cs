using MassTransit;
using NovaNetBus.Contracts;
using RabbitMQ.Client;
using PublishException = RabbitMQ.Client.Exceptions.PublishException;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>Sends a message on to another queue as it came.</summary>
public sealed class QueueSender(Broker broker) : IAsyncDisposable
{
    private readonly ConfirmedChannel _channel = new(broker);

    /// <summary>
    /// Content and all AMQP properties are kept, but for <see cref="Forwarding">who published it</see>; <c>type</c> is set to the exchange that the message was published to, which the next consumer cannot see any more.
    /// Completes when the broker has taken it. Throws <see cref="RabbitMQ.Client.Exceptions.PublishException"/> when there is no such queue.
    /// </summary>
    public Task SendOnAsync(ConsumeContext message, string queue, string type, CancellationToken cancellation)
    {
        var delivery = message.ReceiveContext.GetPayload<RabbitMqBasicConsumeContext>();
        var user = Forwarding.UserOf(delivery.Properties, delivery.Exchange, delivery.RoutingKey ?? "");
        var properties = Forwarding.PropertiesOf(delivery.Properties, user, broker.User);
        properties.Type = type;
        return _channel.PublishAsync("", queue, mandatory: true, properties, message.ReceiveContext.Body.GetBytes(), cancellation);
    }

    /// <summary>As <see cref="SendOnAsync"/>, to the worker of a known host. A queue that is gone (a broker that came back empty) is made, so that the message waits there.</summary>
    public async Task SendToWorkerAsync(ConsumeContext message, string host, string type, CancellationToken cancellation)
    {
        try
        {
            await SendOnAsync(message, Wire.WorkerQueue(host), type, cancellation);
        }
        catch (PublishException fault) when (fault.IsReturn)
        {
            await DeclareWorkerQueueAsync(host, cancellation);
            await SendOnAsync(message, Wire.WorkerQueue(host), type, cancellation);
        }
    }

    /// <summary>
    /// One of <see cref="Wire.Internal"/>, to the worker of a host, with whom to answer and the ids of the message that caused it. A queue that is gone is made, so that it waits there.
    /// </summary>
    public async Task TellAsync(object message, string host, Delivery? origin, CancellationToken cancellation)
    {
        var properties = new BasicProperties
        {
            ContentType = "application/json",
            DeliveryMode = DeliveryModes.Persistent,
            Type = Wire.Internal[message.GetType()],
            MessageId = origin?.MessageId ?? Guid.CreateVersion7().ToString(),
            CorrelationId = origin?.CorrelationId,
            ReplyTo = origin?.ReplyTo,
            Headers = origin?.TraceParent is { } trace ? new Dictionary<string, object?> { ["traceparent"] = trace } : null,
        };
        try
        {
            await _channel.PublishAsync("", Wire.WorkerQueue(host), mandatory: true, properties, PlainJson.Write(message), cancellation);
        }
        catch (RabbitMQ.Client.Exceptions.PublishException fault) when (fault.IsReturn)
        {
            await DeclareWorkerQueueAsync(host, cancellation);
            await _channel.PublishAsync("", Wire.WorkerQueue(host), mandatory: true, properties, PlainJson.Write(message), cancellation);
        }
    }

    /// <summary>Declares the queue of a host's worker with its bindings, as the worker itself does at its start.</summary>
    public async Task DeclareWorkerQueueAsync(string host, CancellationToken cancellation)
    {
        await using var channel = await broker.ChannelAsync(null, cancellation);
        await Topology.DeclareWorkerAsync(channel, host, cancellation);
    }

    /// <summary>Messages and consumers of a queue; null when there is none of this name.</summary>
    public async Task<QueueState?> StateAsync(string queue, CancellationToken cancellation)
    {
        await using var channel = await broker.ChannelAsync(null, cancellation);
        try
        {
            var state = await channel.QueueDeclarePassiveAsync(queue, cancellation);
            return new QueueState(state.MessageCount, state.ConsumerCount);
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException fault) when (fault.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();
}

/// <summary>What waits in a queue, and who consumes it.</summary>
/// <param name="Messages">Ready to be delivered.</param>
public sealed record QueueState(uint Messages, uint Consumers);
