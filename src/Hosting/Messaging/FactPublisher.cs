using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Telemetry;
using RabbitMQ.Client;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>Publishes facts, and answers whoever asked for one by <c>reply_to</c>. Many calls may run at once.</summary>
public sealed class FactPublisher(Broker broker, ILogger<FactPublisher> log) : IAsyncDisposable
{
    /// <summary>AMQP's limit of a routing key, in bytes of UTF-8.</summary>
    private const int LongestAddress = 255;

    private static readonly string[] OurQueues = [Wire.SchedulerQueue, Wire.AdminQueue, Wire.ErrorQueue(Wire.SchedulerQueue), Wire.ErrorQueue(Wire.AdminQueue)];

    private readonly ConfirmedChannel _channel = new(broker);

    /// <summary>
    /// Completes when the broker has confirmed the fact, and the reply if <paramref name="origin"/> wants one. Throws when it could not; calling again is safe
    /// (the fact is then told at least once). A reply queue that does not exist is no error.
    /// </summary>
    /// <param name="fact">One of <see cref="Wire.Facts"/>.</param>
    /// <param name="routingKey">The host that the fact is about, or empty.</param>
    /// <param name="correlationId">The instance's id, or the request's.</param>
    /// <param name="origin">The message that led to the fact; null: none.</param>
    /// <param name="messageId">The same for each time that this is told; null: a new one.</param>
    public Task PublishAsync(
        object fact, string routingKey, string correlationId, Delivery? origin, CancellationToken cancellation, string? messageId = null)
    {
        var exchange = Wire.ExchangeOf(fact.GetType());
        var body = PlainJson.Write(fact);
        var properties = PropertiesOf(exchange, correlationId, origin);
        properties.MessageId = messageId ?? properties.MessageId;
        Count(fact, exchange);
        var published = _channel.PublishAsync(exchange, routingKey, mandatory: false, properties, body, cancellation);
        return UsableReplyTo(origin) is { } replyTo
            ? Task.WhenAll(published, SendAsync(replyTo, PropertiesOf(exchange, origin!.CorrelationId, origin), body, cancellation))
            : published;
    }

    /// <summary>Answers with a fact that somebody else publishes; nothing happens if nobody waits.</summary>
    public Task AnswerAsync(object fact, Delivery origin, CancellationToken cancellation) =>
        UsableReplyTo(origin) is { } replyTo
            ? SendAsync(replyTo, PropertiesOf(Wire.ExchangeOf(fact.GetType()), origin.CorrelationId, origin), PlainJson.Write(fact), cancellation)
            : Task.CompletedTask;

    /// <summary>Answers with something that is no fact; nothing happens if nobody waits.</summary>
    public Task ReplyAsync(object answer, Delivery origin, CancellationToken cancellation) =>
        UsableReplyTo(origin) is { } replyTo
            ? SendAsync(replyTo, PropertiesOf(type: null, origin.CorrelationId, origin), PlainJson.Write(answer), cancellation)
            : Task.CompletedTask;

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    private static void Count(object fact, string exchange)
    {
        BusMetrics.Facts.Add(1, new KeyValuePair<string, object?>("type", exchange));
        switch (fact)
        {
            case HostNetworkConfigured:
                BusMetrics.Configured.Add(1);
                break;
            case InstanceNetworkFailed failed:
                BusMetrics.Failures.Add(1, new KeyValuePair<string, object?>("code", failed.Code));
                break;
        }
    }

    private Task SendAsync(string queue, BasicProperties properties, byte[] body, CancellationToken cancellation) =>
        _channel.PublishAsync("", queue, mandatory: false, properties, body, cancellation);

    private static BasicProperties PropertiesOf(string? type, string? correlationId, Delivery? origin) => new()
    {
        ContentType = "application/json",
        DeliveryMode = DeliveryModes.Persistent,
        Type = type,
        MessageId = Guid.CreateVersion7().ToString(),
        CorrelationId = correlationId,
        Headers = new Dictionary<string, object?> { ["traceparent"] = TraceParent(origin) },
    };

    /// <summary>A child of the message's trace, or of the activity that runs, or a trace of its own.</summary>
    private static string TraceParent(Delivery? origin)
    {
        var span = ActivitySpanId.CreateRandom();
        if (ActivityContext.TryParse(origin?.TraceParent, null, out var parent))
        {
            return $"00-{parent.TraceId}-{span}-{(parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";
        }

        return Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } running } ? running : $"00-{ActivityTraceId.CreateRandom()}-{span}-00";
    }

    /// <summary>Queues of our own are no reply addresses: a fact there would only end in an error queue.</summary>
    private string? UsableReplyTo(Delivery? origin)
    {
        if (origin?.ReplyTo is not { } address)
        {
            return null;
        }

        var usable = Encoding.UTF8.GetByteCount(address) <= LongestAddress
            && address is not "amq.rabbitmq.reply-to"
            && !OurQueues.Contains(address)
            && !address.StartsWith(Wire.WorkerQueue(""), StringComparison.Ordinal);
        if (!usable)
        {
            log.LogWarning("Message {MessageId} asks for a reply at an address that cannot be used; it gets none", origin.MessageId);
        }

        return usable ? address : null;
    }
}
