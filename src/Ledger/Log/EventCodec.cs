using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using JasperFx.Events;

namespace NovaNetBus.Ledger.Log;

/// <summary>
/// From stored JSON to the Domain's events, without Marten's generic machinery (which reads a fifth of what verify must). It writes and reads as the store's own serializer does, which a
/// test compares for every event.
/// </summary>
internal static class EventCodec
{
    private static readonly Dictionary<string, Func<string, IEvent>> Readers = EventNames.All.ToDictionary(
        pair => pair.Value,
        pair => typeof(EventCodec).GetMethod(nameof(ReadAs), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(pair.Key).CreateDelegate<Func<string, IEvent>>());

    public static JsonSerializerOptions Options { get; } = MakeOptions();

    /// <summary>True when this version knows events of this name.</summary>
    public static bool Knows(string type) => Readers.ContainsKey(type);

    /// <summary>Throws <see cref="JsonException"/> for what is no event of its name, <see cref="KeyNotFoundException"/> for a name that is not known.</summary>
    public static IEvent Read(LoggedEvent stored)
    {
        var change = Readers[stored.Type](stored.Data);
        (change.StreamKey, change.Version, change.Sequence, change.Timestamp) = (stored.Stream, stored.Version, stored.Sequence, stored.At);
        (change.CausationId, change.CorrelationId) = (stored.CausationId, stored.CorrelationId);
        return change;
    }

    private static Event<T> ReadAs<T>(string json)
        where T : notnull => new(JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("an event is not null"));

    private static JsonSerializerOptions MakeOptions()
    {
        var options = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter() } };
        StoredJson.Configure(options);
        return options;
    }
}
