using NovaNetBus.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>A message that could not be handled.</summary>
/// <param name="Queue">Where it was to be handled.</param>
/// <param name="Type">The message's exchange; null: it had none.</param>
/// <param name="UserId">The broker user that published it, as the broker has checked it; null: the publisher did not say.</param>
/// <param name="FailedAt">UTC; null: whoever put it there did not say.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/>; null when it failed for another reason than its content.</param>
public sealed record FailedMessage(
    string Queue, string? Type, string? MessageId, string? UserId, DateTimeOffset? FailedAt, string? Code, string Reason, ReadOnlyMemory<byte> Body)
{
    internal ulong Tag { get; init; }

    internal IReadOnlyBasicProperties Properties { get; init; } = new BasicProperties();
}

/// <summary>Messages of error queues in hand, unacknowledged, on a channel of their own: when this process dies they are back.</summary>
public sealed class HeldErrors : IAsyncDisposable
{
    private readonly IChannel _channel;
    private readonly string _ourselves;
    private readonly List<FailedMessage> _messages = [];

    internal HeldErrors(IChannel channel, string ourselves) => (_channel, _ourselves) = (channel, ourselves);

    /// <summary>Queue by queue, the oldest first.</summary>
    public IReadOnlyList<FailedMessage> Messages => _messages;

    /// <summary>
    /// Completes when the broker has the message in the queue where it failed, as it was before that; if that queue is gone, in the scheduler's. It stays in hand.
    /// Throws when the broker does not take it.
    /// </summary>
    public async Task SendBackAsync(FailedMessage message, CancellationToken cancellation)
    {
        var properties = FailureHeaders.Without(Forwarding.PropertiesOf(message.Properties, message.UserId, _ourselves));
        try
        {
            await _channel.BasicPublishAsync("", message.Queue, mandatory: true, properties, message.Body, cancellation);
        }
        catch (PublishException fault) when (fault.IsReturn)
        {
            await _channel.BasicPublishAsync("", Wire.SchedulerQueue, mandatory: true, properties, message.Body, cancellation);
        }
    }

    /// <summary>Takes a message out of its error queue, for good.</summary>
    public ValueTask RemoveAsync(FailedMessage message, CancellationToken cancellation) => _channel.BasicAckAsync(message.Tag, multiple: false, cancellation);

    /// <summary>Gives back what was not removed, in order. Closing alone would do so too, but some time after the answer.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_channel.IsOpen)
        {
            await _channel.BasicNackAsync(deliveryTag: 0, multiple: true, requeue: true);
            await _channel.CloseAsync();
        }

        await _channel.DisposeAsync();
    }

    /// <summary>
    /// By consuming, as each "get" would be a question of its own, and a queue with a single active consumer allows none. A queue gives a new consumer at once what lies there, and is
    /// asked for its state after that: when it has answered, all is on its way, ahead of the word that the consumer is cancelled.
    /// </summary>
    internal async Task TakeAsync(string queue, ushort most, CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            _messages.Add(FailureHeaders.Read(queue, delivery));
            return Task.CompletedTask;
        };
        consumer.UnregisteredAsync += (_, _) => Task.FromResult(ended.TrySetResult());
        consumer.ShutdownAsync += (_, reason) => Task.FromResult(ended.TrySetException(new OperationInterruptedException(reason)));
        await _channel.BasicQosAsync(prefetchSize: 0, most, global: false, cancellation);
        var tag = await _channel.BasicConsumeAsync(Wire.ErrorQueue(queue), autoAck: false, consumer, cancellation);
        await _channel.QueueDeclarePassiveAsync(Wire.ErrorQueue(queue), cancellation);
        await _channel.BasicCancelAsync(tag, cancellationToken: cancellation);
        await ended.Task.WaitAsync(cancellation);
    }
}
