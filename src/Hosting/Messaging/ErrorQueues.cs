using NovaNetBus.Contracts;
using RabbitMQ.Client;
using PublishException = RabbitMQ.Client.Exceptions.PublishException;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>
/// The queues of what could not be handled. Each is made with its first message, not by MassTransit and not as the queue beside it: no message is lost by being
/// looked at often (ADR 35).
/// </summary>
public sealed class ErrorQueues(Broker broker) : IAsyncDisposable
{
    private static readonly CreateChannelOptions Confirmed = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    private readonly ConfirmedChannel _channel = new(broker);

    /// <summary>Completes when the message lies in the error queue of <paramref name="queue"/>, which is made if it is not there. Throws when the broker does not take it.</summary>
    internal async Task PutAsync(string queue, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var errors = Wire.ErrorQueue(queue);
        try
        {
            await _channel.PublishAsync("", errors, mandatory: true, properties, body, cancellation);
        }
        catch (PublishException fault) when (fault.IsReturn)
        {
            await using (var channel = await broker.ChannelAsync(null, cancellation))
            {
                await DeclareAsync(channel, queue, cancellation);
            }

            await _channel.PublishAsync("", errors, mandatory: true, properties, body, cancellation);
        }
    }

    /// <summary>
    /// The oldest messages in the error queues of these queues, which nobody else sees until this is disposed of: those that were not removed are then where they were.
    /// One at a time: whoever looks meanwhile sees nothing. Throws when the broker does not answer.
    /// </summary>
    /// <param name="most">Of each queue.</param>
    public async Task<HeldErrors> HoldAsync(IEnumerable<string> queues, ushort most, CancellationToken cancellation)
    {
        var existing = await ExistingAsync(queues, cancellation);
        var channel = await broker.ChannelAsync(Confirmed, cancellation);
        var held = new HeldErrors(channel, broker.User);
        try
        {
            foreach (var queue in existing)
            {
                await held.TakeAsync(queue, most, cancellation);
            }

            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    internal static Task DeclareAsync(IChannel channel, string queue, CancellationToken cancellation) => channel.QueueDeclareAsync(
        Wire.ErrorQueue(queue), durable: true, exclusive: false, autoDelete: false,
        new Dictionary<string, object?> { [Headers.XQueueType] = "quorum", ["x-delivery-limit"] = int.MaxValue }, cancellationToken: cancellation);

    /// <summary>Those that have an error queue. Asked for side by side, as each question that is answered with no costs a channel.</summary>
    private async Task<IReadOnlyList<string>> ExistingAsync(IEnumerable<string> queues, CancellationToken cancellation)
    {
        var existing = new List<string>();
        foreach (var some in queues.Chunk(50))
        {
            existing.AddRange((await Task.WhenAll(some.Select(queue => ExistsAsync(queue, cancellation)))).OfType<string>());
        }

        return existing;
    }

    /// <summary>The queue, if it has an error queue.</summary>
    private async Task<string?> ExistsAsync(string queue, CancellationToken cancellation)
    {
        await using var channel = await broker.ChannelAsync(null, cancellation);
        try
        {
            await channel.QueueDeclarePassiveAsync(Wire.ErrorQueue(queue), cancellation);
            return queue;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException fault) when (fault.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return null;
        }
    }
}
