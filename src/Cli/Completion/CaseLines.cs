namespace NovaNetBus.Cli.Completion;

/// <summary>Lines of a <c>case</c>, which bash and zsh write alike.</summary>
internal static class CaseLines
{
    /// <summary>A line for each option whose values are known; what is matched is the command and the option.</summary>
    /// <param name="offer">The shell's words that offer values.</param>
    public static string OfValues(CommandMap map, Func<PossibleValues, string> offer)
    {
        var everywhere = from option in map.Everywhere
                         from values in Known(option)
                         select Line(option.Names.Select(name => $"*\" {name}\""), [$"{offer(values)}; return"]);
        var own = from command in map.Commands
                  from option in command.Options
                  from values in Known(option)
                  select Line(option.Names.Select(name => $"\"{command.Path} {name}\""), [$"{offer(values)}; return"]);
        return string.Join('\n', everywhere.Concat(own));
    }

    /// <summary>A line for each command.</summary>
    /// <param name="offers">What the shell does there.</param>
    public static string OfCommands(CommandMap map, Func<MappedCommand, IEnumerable<string>> offers) =>
        string.Join('\n', map.Commands.Select(command => Line([$"\"{command.Path}\""], [.. offers(command)])));

    private static IEnumerable<PossibleValues> Known(MappedOption option) => option.Values is { } values ? [values] : [];

    private static string Line(IEnumerable<string> patterns, IReadOnlyList<string> offers) =>
        $"        {string.Join('|', patterns)}) {(offers.Count == 0 ? ":" : string.Join("; ", offers))} ;;";
}
