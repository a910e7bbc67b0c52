namespace NovaNetBus.Cli.Output;

/// <summary>One thing as lines of name and value.</summary>
internal static class Details
{
    /// <summary>Writes the lines to stdout, the values aligned.</summary>
    public static void Write(Streams streams, IReadOnlyList<(string Name, string Value)> lines)
    {
        var width = lines.Max(line => line.Name.Length);
        foreach (var (name, value) in lines)
        {
            streams.Out.WriteLine($"{name.PadRight(width)}  {value}");
        }
    }
}
