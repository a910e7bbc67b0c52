namespace NovaNetBus.Cli.Output;

/// <summary>Where a command writes: its result to Out, all else to Error.</summary>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Width">Columns of the terminal; null when Out is none, and tables are plain and as wide as they need.</param>
/// <param name="Colour">Whether escape sequences are wanted.</param>
internal sealed record Streams(TextWriter Out, TextWriter Error, int? Width, bool Colour)
{
    /// <summary>Those of this process. NO_COLOR (https://no-color.org) and TERM=dumb are respected.</summary>
    public static Streams OfProcess()
    {
        int? width = Console.IsOutputRedirected ? null : Math.Max(Console.WindowWidth, 1);
        var plain = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) || Environment.GetEnvironmentVariable("TERM") == "dumb";
        return new Streams(Console.Out, Console.Error, width, width is not null && !plain);
    }
}
