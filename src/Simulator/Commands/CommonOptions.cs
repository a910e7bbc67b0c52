using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Commands;

/// <summary>What several commands take and print.</summary>
internal static class CommonOptions
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // for people's eyes and no web page: an apostrophe stays one
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static Option<string> State { get; } = new("--state-dir")
    {
        Description = "Where the world's state is kept.",
        DefaultValueFactory = _ => StateDirectory.Default,
        Recursive = true,
    };

    public static Option<double> Timeout { get; } = new("--timeout")
    {
        Description = "Seconds to wait for an answer or a lease.",
        DefaultValueFactory = _ => 30,
        Recursive = true,
    };

    public static Option<string> Output { get; } = OutputOption();

    public static StateDirectory StateOf(ParseResult parsed) => new(parsed.GetRequiredValue(State));

    public static TimeSpan TimeoutOf(ParseResult parsed) => TimeSpan.FromSeconds(parsed.GetRequiredValue(Timeout));

    public static void Print<T>(T document) => Console.Out.WriteLine(JsonSerializer.Serialize(document, Json));

    public static void Save<T>(string file, T document) => File.WriteAllText(file, JsonSerializer.Serialize(document, Json) + "\n");

    private static Option<string> OutputOption()
    {
        var option = new Option<string>("--output")
        {
            Description = "table or json; without it a table on a terminal, JSON elsewhere.",
            DefaultValueFactory = _ => Console.IsOutputRedirected ? "json" : "table",
            Recursive = true,
        };
        option.AcceptOnlyFromAmong("table", "json");
        return option;
    }
}
