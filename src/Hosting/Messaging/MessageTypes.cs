using MassTransit;
using NovaNetBus.Contracts;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>The message types that one queue takes, and how a delivery's type is found.</summary>
internal sealed class MessageTypes
{
    private static readonly Dictionary<string, Type> ByExchange =
        Wire.ComputeEvents.Concat(Wire.Facts).Concat(Wire.Internal).ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    private readonly HashSet<Type> _taken;
    private readonly string _queue;

    public MessageTypes(string queue, IEnumerable<Type> consumers)
    {
        _queue = queue;
        _taken = [.. consumers.SelectMany(TypesOf)];
    }

    /// <summary>
    /// By the AMQP type property, else by the exchange that the message was published to (which an alternate exchange does not change), else, sent straight to a
    /// queue that takes one type only, that one. Throws <see cref="InvalidMessageException"/> for anything that this queue does not take.
    /// </summary>
    public Type Of(string? typeProperty, string exchange)
    {
        var name = string.IsNullOrEmpty(typeProperty) ? exchange : typeProperty;
        if (name.Length == 0 && _taken.Count == 1)
        {
            return _taken.Single();
        }

        if (name.Length == 0)
        {
            throw new InvalidMessageException("The message has no type: publish it to its exchange, or set the AMQP property 'type' to the exchange's name.");
        }

        return ByExchange.TryGetValue(name, out var type) && _taken.Contains(type)
            ? type
            : throw new InvalidMessageException($"The queue {_queue} takes no messages of type '{Shorten(name)}'.");
    }

    private static IEnumerable<Type> TypesOf(Type consumer) =>
        from contract in consumer.GetInterfaces()
        where contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IConsumer<>)
        select contract.GetGenericArguments()[0];

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "...";
}
