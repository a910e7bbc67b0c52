using System.Globalization;
using MassTransit;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>Why a message lies in an error queue, as its headers have it: MassTransit's own, and the code.</summary>
internal static class FailureHeaders
{
    /// <summary>Only where the message itself is to blame.</summary>
    internal const string Code = "novanet-code";

    private const string Reason = MessageHeaders.FaultMessage, Exception = MessageHeaders.FaultExceptionType, Time = MessageHeaders.FaultTimestamp;

    /// <summary>A header frame must fit into the broker's frame_max, together with those that the publisher has set.</summary>
    private const int LongestText = 4000;

    private static readonly string[] Kept = [Reason, Exception, MessageHeaders.FaultStackTrace, Code];

    /// <summary>Writes what is known of the failure; an expiration of the message ends, else it would vanish from the error queue.</summary>
    internal static void Write(BasicProperties properties, ExceptionReceiveContext failure)
    {
        var headers = properties.Headers is { } given ? new Dictionary<string, object?>(given) : [];
        foreach (var name in Kept)
        {
            headers.Remove(name);
            if (failure.ExceptionHeaders.TryGetHeader(name, out var value) && value.ToString() is { } text)
            {
                headers[name] = text.Length <= LongestText ? text : text[..LongestText];
            }
        }

        headers[Time] = failure.ExceptionTimestamp.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
        properties.Headers = headers;
        properties.ClearExpiration();
    }

    /// <summary>The same properties as before it failed.</summary>
    internal static BasicProperties Without(BasicProperties properties)
    {
        foreach (var name in Kept.Append(Time))
        {
            properties.Headers?.Remove(name);
        }

        return properties;
    }

    internal static FailedMessage Read(string queue, BasicDeliverEventArgs message)
    {
        var properties = message.BasicProperties;
        var time = Forwarding.TextOf(properties, Time);
        return new FailedMessage(
            queue,
            string.IsNullOrEmpty(properties.Type) ? null : properties.Type,
            string.IsNullOrEmpty(properties.MessageId) ? null : properties.MessageId,
            Forwarding.UserOf(properties, message.Exchange, message.RoutingKey),
            DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null,
            Forwarding.TextOf(properties, Code),
            Forwarding.TextOf(properties, Reason) ?? Forwarding.TextOf(properties, Exception) ?? "not told",
            message.Body.ToArray())
        {
            Tag = message.DeliveryTag,
            Properties = properties,
        };
    }
}
