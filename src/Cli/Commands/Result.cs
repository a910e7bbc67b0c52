using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NovaNetBus.Cli.Output;
using NovaNetBus.Cli.Rpc;

namespace NovaNetBus.Cli.Commands;

/// <summary>The scheduler's document as rows.</summary>
internal static class Result
{
    /// <summary>The rows; a single object is one row, an empty one none. Throws <see cref="JsonException"/> when the document is neither.</summary>
    public static T[] Rows<T>(JsonElement document, JsonTypeInfo<T[]> rows) => document.ValueKind switch
    {
        JsonValueKind.Array => document.Deserialize(rows)!,
        JsonValueKind.Object when document.GetPropertyCount() == 0 => [],
        _ => [One(document, rows)],
    };

    /// <summary>One row. Throws <see cref="JsonException"/> when the document is none.</summary>
    public static T One<T>(JsonElement document, JsonTypeInfo<T[]> rows) => document.Deserialize((JsonTypeInfo<T>)rows.Options.GetTypeInfo(typeof(T)))!;

    /// <summary>Writes rows as a table.</summary>
    /// <param name="rows">How they are read; asked for only when there are some, since to know a type costs milliseconds.</param>
    /// <param name="columns">What is shown of them.</param>
    /// <param name="nothing">What is said of no rows.</param>
    public static Action<Streams, JsonElement> Table<T>(Func<AdminJson, JsonTypeInfo<T[]>> rows, IReadOnlyList<Column<T>> columns, string nothing) =>
        (streams, result) => Output.Table.Write(streams, Rows(result, rows(AdminJson.Default)), columns, nothing);

    /// <summary>Writes each row as lines of name and value.</summary>
    public static Action<Streams, JsonElement> Lines<T>(Func<AdminJson, JsonTypeInfo<T[]>> rows, Func<T, IReadOnlyList<(string Name, string Value)>> lines) => (streams, result) =>
    {
        foreach (var row in Rows(result, rows(AdminJson.Default)))
        {
            Details.Write(streams, lines(row));
        }
    };

    /// <summary>Writes a sentence, for what has nothing else to tell.</summary>
    public static Action<Streams, JsonElement> Sentence(string sentence) => (streams, _) => streams.Out.WriteLine(sentence);
}
