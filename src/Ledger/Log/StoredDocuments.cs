using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Marten;
using Npgsql;

namespace NovaNetBus.Ledger.Log;

/// <summary>The table of one kind of documents.</summary>
internal sealed class StoredDocuments(IDocumentStore store, Type type)
{
    private readonly PropertyInfo id = type.GetProperty("Id")!;
    private readonly string table = store.Options.Schema.For(type, qualified: true);

    /// <summary>For people.</summary>
    public string Name { get; } = store.Options.Schema.For(type, qualified: false)["mt_doc_".Length..];

    public string IdOf(object document) => id.GetValue(document)!.ToString()!;

    /// <summary>As the store writes it.</summary>
    public JsonElement Json(object document) => JsonSerializer.SerializeToElement(document, type, EventCodec.Options);

    public async IAsyncEnumerable<(string Id, JsonElement Json)> ReadAsync(NpgsqlConnection connection, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var command = PatientCommand.Of($"select id::text, data from {table}", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            yield return (rows.GetString(0), JsonSerializer.Deserialize<JsonElement>(rows.GetString(1)));
        }
    }

    /// <summary>Columns that repeat a field, for queries, and have another value than the document.</summary>
    public async Task<IReadOnlyList<LogDifference>> ColumnDifferencesAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var differences = new List<LogDifference>();
        foreach (var (column, kind) in await ColumnsAsync(connection, cancellation))
        {
            var field = string.Concat(column.Split('_').Select((word, place) => place == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
            await using var command = PatientCommand.Of(
                $"select id::text, data ->> '{field}', {column}::text from {table} where {column} is distinct from (data ->> '{field}')::{kind}", connection);
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            while (await rows.ReadAsync(cancellation))
            {
                string? Text(int place) => rows.IsDBNull(place) ? null : rows.GetString(place);
                differences.Add(new LogDifference($"{Name} {rows.GetString(0)}: column {column}", Text(1), Text(2)));
            }
        }

        return differences;
    }

    private async Task<IReadOnlyList<(string Name, string Type)>> ColumnsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = PatientCommand.Of(
            """
            select attname::text, format_type(atttypid, atttypmod) from pg_attribute
            where attrelid = @table::regclass and attnum > 0 and not attisdropped and attname not in ('id', 'data') and attname not like 'mt\_%'
            """,
            connection);
        command.Parameters.AddWithValue("table", table);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var columns = new List<(string, string)>();
        while (await rows.ReadAsync(cancellation))
        {
            columns.Add((rows.GetString(0), rows.GetString(1)));
        }

        return columns;
    }
}

/// <summary>Where two JSON values differ, field by field.</summary>
internal static class JsonDifferences
{
    public static IEnumerable<LogDifference> Between(string where, JsonElement expected, JsonElement found)
    {
        if (JsonElement.DeepEquals(expected, found))
        {
            return [];
        }

        if (expected.ValueKind != JsonValueKind.Object || found.ValueKind != JsonValueKind.Object)
        {
            return [new LogDifference(where, expected.GetRawText(), found.GetRawText())];
        }

        var missing = expected.EnumerateObject().Where(field => !found.TryGetProperty(field.Name, out _))
            .Select(field => new LogDifference($"{where}.{field.Name}", field.Value.GetRawText(), null));
        var others = found.EnumerateObject().SelectMany(field => expected.TryGetProperty(field.Name, out var wanted)
            ? Between($"{where}.{field.Name}", wanted, field.Value)
            : [new LogDifference($"{where}.{field.Name}", null, field.Value.GetRawText())]);
        return missing.Concat(others);
    }
}
