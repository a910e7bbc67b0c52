namespace NovaNetBus.Cli;

/// <summary>nova-manage spelt its options with underscores: both spellings name the same option.</summary>
internal static class Spelling
{
    /// <summary>The line with the names of long options in dashes; values, and all that follows a lone <c>--</c>, stay as typed.</summary>
    public static IEnumerable<string> WithDashes(IEnumerable<string> args)
    {
        var optionsEnded = false;
        foreach (var arg in args)
        {
            optionsEnded |= arg == "--";
            yield return optionsEnded || !arg.StartsWith("--", StringComparison.Ordinal) ? arg : NameWithDashes(arg);
        }
    }

    private static string NameWithDashes(string arg)
    {
        var end = arg.IndexOf('=', StringComparison.Ordinal);
        return end < 0 ? arg.Replace('_', '-') : arg[..end].Replace('_', '-') + arg[end..];
    }
}
