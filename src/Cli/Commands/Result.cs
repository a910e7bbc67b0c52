using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace NovaNetBus.Cli.Commands;

/// <summary>The scheduler's document as rows.</summary>
internal static class Result
{
    /// <summary>The rows; a single object is one row. Throws <see cref="JsonException"/> when the document is neither.</summary>
    public static T[] Rows<T>(JsonElement document, JsonTypeInfo<T[]> rows) =>
        document.ValueKind == JsonValueKind.Array
            ? document.Deserialize(rows)!
            : [document.Deserialize((JsonTypeInfo<T>)rows.Options.GetTypeInfo(typeof(T)))!];
}
