namespace NovaNetBus.Cli.Output;

/// <summary>Where a command writes: its result to Out, all else to Error.</summary>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Width">Columns of the terminal; null when Out is none, and tables are plain and as wide as they need.</param>
/// <param name="Colour">Whether escape sequences are wanted on Out.</param>
/// <param name="Live">Whether Error is a terminal on which a line can be written over.</param>
internal sealed record Streams(TextWriter Out, TextWriter Error, int? Width, bool Colour, bool Live)
{
    /// <summary>Those of this process. NO_COLOR (https://no-color.org) and TERM=dumb are respected.</summary>
    public static Streams OfProcess()
    {
        int? width = Console.IsOutputRedirected ? null : Math.Max(Console.WindowWidth, 1);
        var dumb = Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        var plain = dumb || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new Streams(Console.Out, Console.Error, width, width is not null && !plain, !Console.IsErrorRedirected && !dumb);
    }
}
