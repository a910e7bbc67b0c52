using System.Text;
using RabbitMQ.Client;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>
/// What is kept of a message that one of our programs puts into another queue of ours: all of it. Only the broker's word on who published it cannot be said
/// again, since a broker lets nobody publish in another's name (406): it goes into a header.
/// </summary>
internal static class Forwarding
{
    /// <summary>Who published the message in the first place; counts only on the default exchange, by which compute services have no right to publish.</summary>
    internal const string UserHeader = "novanet-user-id";

    /// <summary>Who published it, as the broker has checked it, now or before it was forwarded; null: not told. Operators reach <c>novanet.admin</c> by the default exchange: there no header counts.</summary>
    internal static string? UserOf(IReadOnlyBasicProperties properties, string exchange, string routingKey) =>
        TextOf(properties, UserHeader) is { } user && exchange.Length == 0 && routingKey != Contracts.Wire.AdminQueue
            ? user
            : string.IsNullOrEmpty(properties.UserId) ? null : properties.UserId;

    /// <param name="properties">As they came.</param>
    /// <param name="user">By <see cref="UserOf"/>.</param>
    /// <param name="ourselves">The broker user of this program, in whose name it may say so.</param>
    internal static BasicProperties PropertiesOf(IReadOnlyBasicProperties properties, string? user, string ourselves)
    {
        var headers = properties.Headers is { } given ? new Dictionary<string, object?>(given) : [];
        headers.Remove(UserHeader);
        if (user is not null && user != ourselves)
        {
            headers[UserHeader] = user;
        }

        var forwarded = new BasicProperties(properties) { DeliveryMode = DeliveryModes.Persistent, Headers = headers.Count == 0 ? null : headers };
        if (user == ourselves)
        {
            forwarded.UserId = user;
        }
        else
        {
            forwarded.ClearUserId();
        }

        return forwarded;
    }

    /// <summary>A header that is text; null: there is none.</summary>
    internal static string? TextOf(IReadOnlyBasicProperties properties, string header) =>
        properties.Headers is { } headers && headers.TryGetValue(header, out var value)
            ? value switch { byte[] bytes => Encoding.UTF8.GetString(bytes), string text => text, _ => null }
            : null;
}
