using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NovaNetBus.Cli.Output;

/// <summary>A result as the one JSON document on stdout.</summary>
internal static class JsonDocumentOutput
{
    // Readable beyond ASCII; control characters stay escaped.
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the document, indented, with one line end after it.</summary>
    public static void Write(Streams streams, JsonElement document)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            document.WriteTo(writer);
        }

        streams.Out.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }
}
