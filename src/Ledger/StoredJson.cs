using System.Text.Json;
using System.Text.Json.Serialization;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Ledger;

/// <summary>How the Domain's values are written in events and documents: addresses as the text that people read, lists as arrays.</summary>
internal static class StoredJson
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.Converters.Add(new TextConverter<Ipv4>(Ipv4.Parse));
        options.Converters.Add(new TextConverter<Cidr>(Cidr.Parse));
        options.Converters.Add(new TextConverter<Ipv6>(Ipv6.Parse));
        options.Converters.Add(new TextConverter<Ipv6Cidr>(Ipv6Cidr.Parse));
        options.Converters.Add(new TextConverter<MacAddress>(MacAddress.Parse));
        options.Converters.Add(new ValueListConverterFactory());
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;

        // What is computed is not stored: it would stand there wrongly when its rule changes.
        options.IgnoreReadOnlyProperties = true;
    }

    private sealed class TextConverter<T>(Func<string, T> parse) : JsonConverter<T>
        where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => parse(reader.GetString()!);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(value.ToString()!);
    }

    private sealed class ValueListConverterFactory : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) =>
            typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(ValueList<>);

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(ValueListConverter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;
    }

    private sealed class ValueListConverter<T> : JsonConverter<ValueList<T>>
    {
        public override ValueList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            ValueList.Of<T>(JsonSerializer.Deserialize<T[]>(ref reader, options));

        public override void Write(Utf8JsonWriter writer, ValueList<T> value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var item in value)
            {
                JsonSerializer.Serialize(writer, item, options);
            }

            writer.WriteEndArray();
        }
    }
}
