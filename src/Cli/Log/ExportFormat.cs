using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Log;

/// <summary>How events are written to a file that others read: one line each, the hash last.</summary>
internal abstract class ExportFormat
{
    private static readonly JsonSerializerOptions Compact = new(AdminJson.Default.Options) { WriteIndented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The format of a file, told by its first line.</summary>
    public static ExportFormat OfFile(string firstLine) => firstLine.StartsWith('{') ? new JsonLines() : new Csv();

    /// <summary>Of the words that <c>--format</c> takes.</summary>
    public static ExportFormat Of(string name) => name == "csv" ? new Csv() : new JsonLines();

    /// <summary>Written before all lines; null: nothing is. It has no hash.</summary>
    public abstract string? Head { get; }

    /// <summary>An event as a line without its hash.</summary>
    public abstract string Line(EventRow row);

    /// <summary>The line with its hash.</summary>
    public abstract string WithHash(string line, string hash);

    /// <summary>The line without its hash, and that; null when it has none.</summary>
    public abstract (string Line, string Hash)? Split(string linked);

    /// <summary>An event as JSON on one line.</summary>
    public static string Json(EventRow row) => JsonSerializer.Serialize(row, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<EventRow>)Compact.GetTypeInfo(typeof(EventRow)));

    private sealed class JsonLines : ExportFormat
    {
        private const string Before = ",\"hash\":\"";
        private const string After = "\"}";

        public override string? Head => null;

        public override string Line(EventRow row) => Json(row);

        public override string WithHash(string line, string hash) => $"{line[..^1]}{Before}{hash}{After}";

        public override (string Line, string Hash)? Split(string linked)
        {
            var at = linked.Length - ExportChain.Start.Length - Before.Length - After.Length;
            return at > 0 && linked.AsSpan(at).StartsWith(Before) && linked.EndsWith(After, StringComparison.Ordinal)
                ? (linked[..at] + "}", linked[(at + Before.Length)..^After.Length])
                : null;
        }
    }

    /// <summary>As RFC 4180 quotes it; data is JSON.</summary>
    private sealed class Csv : ExportFormat
    {
        public override string Head => "sequence,stream,version,type,at,host,user,program,causationId,correlationId,data,hash";

        public override string Line(EventRow row) => string.Join(
            ',',
            new[]
            {
                row.Sequence.ToString(CultureInfo.InvariantCulture), row.Stream, row.Version.ToString(CultureInfo.InvariantCulture), row.Type,
                row.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), row.Host, row.User, row.Program, row.CausationId, row.CorrelationId,
                row.Data.ValueKind == JsonValueKind.Undefined ? null : row.Data.GetRawText(),
            }.Select(Quoted));

        public override string WithHash(string line, string hash) => $"{line},{hash}";

        public override (string Line, string Hash)? Split(string linked)
        {
            var at = linked.Length - ExportChain.Start.Length - 1;
            return at > 0 && linked[at] == ',' ? (linked[..at], linked[(at + 1)..]) : null;
        }

        private static string Quoted(string? field) =>
            field is null ? "" : field.AsSpan().ContainsAny(",\"\r\n") ? new StringBuilder(field).Replace("\"", "\"\"").Insert(0, '"').Append('"').ToString() : field;
    }
}
