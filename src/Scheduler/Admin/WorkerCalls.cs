using System.Collections.Concurrent;
using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>
/// Has a worker do what an operator asks for: the same message that a compute service would publish, to the worker's queue, and its fact as the answer. So there is one way for
/// both, and what is asked of a worker that is down is done when it is back.
/// </summary>
internal sealed class WorkerCalls(Broker broker) : IAsyncDisposable
{
    /// <summary>Shorter than the operator's tool and <see cref="AdminConsumer"/> wait.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    private readonly SemaphoreSlim opening = new(1, 1);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<(string Type, byte[] Body)>> waiting = new();
    private (IChannel Channel, string Replies)? open;

    /// <summary>
    /// The fact that the message leads to. Throws <see cref="RefusedException"/> with the worker's refusal, or with host-not-answering when none comes in time: the message is not
    /// taken back then.
    /// </summary>
    public async Task<TFact> AskAsync<TFact>(object message, string host, Delivery asked, CancellationToken cancellation)
    {
        var correlation = Guid.NewGuid().ToString();
        var answer = waiting.GetOrAdd(correlation, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await PublishAsync(message, host, correlation, asked, cancellation);
            var (type, body) = await answer.Task.WaitAsync(Patience, cancellation);
            return type == Wire.ExchangeOf(typeof(TFact)) ? Read<TFact>(body) : throw RefusalOf(type, body);
        }
        catch (TimeoutException)
        {
            throw new RefusedException(
                ErrorCodes.HostNotAnswering, $"The worker of {host} has not answered within {Patience.TotalSeconds:0} s. The request waits in its queue and is carried out when it can be; see 'novanet host list'.");
        }
        finally
        {
            waiting.TryRemove(correlation, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (open is { } channel)
        {
            await channel.Channel.DisposeAsync();
        }

        opening.Dispose();
    }

    private async Task PublishAsync(object message, string host, string correlation, Delivery asked, CancellationToken cancellation)
    {
        var (channel, replies) = await OpenAsync(cancellation);
        var properties = new BasicProperties
        {
            ContentType = "application/json",
            DeliveryMode = DeliveryModes.Persistent,
            Type = Wire.ExchangeOf(message.GetType()),
            MessageId = Guid.CreateVersion7().ToString(),
            CorrelationId = correlation,
            ReplyTo = replies,
            Headers = asked.TraceParent is { } trace ? new Dictionary<string, object?> { ["traceparent"] = trace } : null,
        };
        await channel.BasicPublishAsync("", Wire.WorkerQueue(host), mandatory: true, properties, PlainJson.Write(message), cancellation);
    }

    /// <summary>A channel with a queue of its own for answers, which goes with the connection; made anew when that was lost.</summary>
    private async Task<(IChannel Channel, string Replies)> OpenAsync(CancellationToken cancellation)
    {
        await opening.WaitAsync(cancellation);
        try
        {
            if (open is { Channel.IsOpen: true } usable)
            {
                return usable;
            }

            var channel = await broker.ChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellation);
            var queue = await channel.QueueDeclareAsync(queue: "", durable: false, exclusive: true, autoDelete: true, cancellationToken: cancellation);
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += OnAnswerAsync;
            await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer, cancellation);
            open = (channel, queue.QueueName);
            return open.Value;
        }
        finally
        {
            opening.Release();
        }
    }

    private Task OnAnswerAsync(object sender, BasicDeliverEventArgs delivery)
    {
        if (delivery.BasicProperties.CorrelationId is { } correlation && waiting.TryGetValue(correlation, out var answer))
        {
            answer.TrySetResult((delivery.BasicProperties.Type ?? "", delivery.Body.ToArray()));
        }

        return Task.CompletedTask;
    }

    private static RefusedException RefusalOf(string type, byte[] body)
    {
        if (type != Wire.ExchangeOf(typeof(InstanceNetworkFailed)))
        {
            throw new InvalidOperationException($"a worker answered with a {type}");
        }

        var failed = Read<InstanceNetworkFailed>(body);
        return new RefusedException(failed.Code, failed.Message);
    }

    private static T Read<T>(byte[] body) => JsonSerializer.Deserialize<T>(body, PlainJson.Options) ?? throw new JsonException("a worker answered with null");
}
