using System.Globalization;
using MassTransit;
using RabbitMQ.Client;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>What AMQP says about a message, apart from its content. All of it comes from the publisher and is to be doubted.</summary>
/// <param name="MessageId">As the publisher set it; any text.</param>
/// <param name="CorrelationId">As the publisher set it; any text.</param>
/// <param name="ReplyTo">The queue that wants the resulting fact.</param>
/// <param name="TraceParent">W3C traceparent header.</param>
/// <param name="UserId">The broker user that published, which the broker has checked, for us or for the program of ours that has sent it on.</param>
/// <param name="Redelivered">True when it was delivered before, to this worker or another.</param>
/// <param name="Patience">How long the publisher waits, by the message's <c>expiration</c>; null: not told.</param>
public sealed record Delivery(
    string? MessageId, string? CorrelationId, string? ReplyTo, string? TraceParent, string? UserId, bool Redelivered, TimeSpan? Patience = null)
{
    private const string TraceParentHeader = "traceparent";

    /// <summary>Of a message that a consumer has been given.</summary>
    public static Delivery Of(ConsumeContext context) => Of(context.ReceiveContext);

    /// <summary>True when it came to its queue by one of our own programs, which had found the way, and not by its exchange.</summary>
    public static bool IsSentOn(ConsumeContext context) =>
        context.ReceiveContext.TryGetPayload(out RabbitMqBasicConsumeContext? delivery) && delivery.Exchange.Length == 0;

    internal static Delivery Of(ReceiveContext context) =>
        context.TryGetPayload(out RabbitMqBasicConsumeContext? delivery)
            ? Of(delivery.Properties, context.Redelivered) with { UserId = Forwarding.UserOf(delivery.Properties, delivery.Exchange, delivery.RoutingKey ?? "") }
            : new Delivery(null, null, null, null, null, context.Redelivered);

    internal static Delivery Of(IReadOnlyBasicProperties properties, bool redelivered) => new(
        NullIfEmpty(properties.MessageId),
        NullIfEmpty(properties.CorrelationId),
        NullIfEmpty(properties.ReplyTo),
        Forwarding.TextOf(properties, TraceParentHeader),
        NullIfEmpty(properties.UserId),
        redelivered,
        uint.TryParse(properties.Expiration, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? TimeSpan.FromMilliseconds(milliseconds) : null);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
