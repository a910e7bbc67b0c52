using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>The JSON of all messages: camelCase, absent for null, strict about what is required.</summary>
public static class PlainJson
{
    /// <summary>Unknown fields are ignored; a missing or null required field, or another kind of value, is a fault.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireWhatMayNotBeNull } },
    };

    /// <summary>The UTF-8 text of a message.</summary>
    public static byte[] Write(object message) => JsonSerializer.SerializeToUtf8Bytes(message, message.GetType(), Options);

    /// <summary>Reads one message. Throws <see cref="InvalidMessageException"/> with a sentence that names the field.</summary>
    public static object Read(ReadOnlySpan<byte> body, Type type)
    {
        JsonElement element;
        try
        {
            element = JsonSerializer.Deserialize<JsonElement>(body, Options);
        }
        catch (JsonException fault)
        {
            throw new InvalidMessageException($"The content is not JSON (line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}).");
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidMessageException($"The content must be a JSON object, not {KindOf(element.ValueKind)}.");
        }

        try
        {
            return element.Deserialize(type, Options)!;
        }
        catch (JsonException fault)
        {
            throw new InvalidMessageException(Explain(element, type, fault));
        }
    }

    /// <summary>The message's instance id, whatever else is wrong with it; null if there is none to be found.</summary>
    public static Guid? InstanceIdOf(ReadOnlySpan<byte> body) => TextOf(body, "instanceId") is { } text && Guid.TryParse(text, out var id) ? id : null;

    /// <summary>A text field of a message that may be otherwise unreadable; null if there is none.</summary>
    public static string? TextOf(ReadOnlySpan<byte> body, string field)
    {
        try
        {
            var element = JsonSerializer.Deserialize<JsonElement>(body, Options);
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What is written absent for null is read so too: only a field that may not be null must be there.</summary>
    private static void RequireWhatMayNotBeNull(JsonTypeInfo type)
    {
        foreach (var field in type.Properties)
        {
            field.IsRequired = field.AssociatedParameter is { IsNullable: false };
        }
    }

    /// <summary>Names the field and what is wrong, never its value: it may be secret.</summary>
    private static string Explain(JsonElement element, Type type, JsonException fault)
    {
        var missing = Options.GetTypeInfo(type).Properties.Where(field => field.IsRequired && !element.TryGetProperty(field.Name, out _)).Select(field => field.Name).ToList();
        if (missing.Count > 0)
        {
            return $"Required {(missing.Count == 1 ? "field is" : "fields are")} missing: {string.Join(", ", missing)}.";
        }

        var path = fault.Path is { Length: > 2 } text && text[1] == '.' ? text[2..] : null;
        var expected = path is null ? null : Options.GetTypeInfo(type).Properties.FirstOrDefault(field => field.Name == path)?.PropertyType;
        return path is null
            ? "A field is missing or has the wrong kind of value."
            : $"The field {path} {(expected is null ? "is incomplete or has the wrong kind of value" : "must be " + NameOf(expected))}.";
    }

    private static string NameOf(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var id when id == typeof(Guid) => "a UUID string",
        var text when text == typeof(string) => "a string",
        var flag when flag == typeof(bool) => "true or false",
        var number when number.IsPrimitive => "a number",
        var map when map.Name.Contains("Dictionary", StringComparison.Ordinal) => "an object of strings",
        _ => "a list",
    };

    private static string KindOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}

/// <summary>
/// A message that nobody can read as what it claims to be: it goes to the error queue and is not tried again. It has no inner exception, whose text
/// MassTransit would put into the headers in place of this one's.
/// </summary>
public sealed class InvalidMessageException(string message) : Exception(message)
{
    /// <summary>Always <see cref="Contracts.ErrorCodes.InvalidMessage"/>.</summary>
    public string Code => Contracts.ErrorCodes.InvalidMessage;
}
