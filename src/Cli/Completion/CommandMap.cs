using System.CommandLine;
using NovaNetBus.Cli.Commands;

namespace NovaNetBus.Cli.Completion;

/// <summary>What may stand for a word or an option's value.</summary>
/// <param name="Choices">Fixed words.</param>
/// <param name="Asked">What <c>novanet complete</c> is asked for; null: nothing.</param>
/// <param name="Files">A file of this machine.</param>
internal sealed record PossibleValues(IReadOnlyList<string> Choices, string? Asked = null, bool Files = false)
{
    /// <summary>By the name that help gives to the value; null: anything may stand there.</summary>
    public static PossibleValues? Of(string? helpName) => helpName switch
    {
        null => null,
        "NETWORK" => new([], ValueCommand.Networks),
        "HOST" => new([], ValueCommand.Hosts),
        "POOL" => new([], ValueCommand.Pools),
        "FILE" => new([], Files: true),
        _ when helpName.Contains('|', StringComparison.Ordinal) => new(helpName.Split('|')),
        _ => null,
    };
}

/// <summary>An option as completion sees it.</summary>
/// <param name="Names">With their dashes.</param>
/// <param name="Values">Null: it takes none, or anything.</param>
internal sealed record MappedOption(IReadOnlyList<string> Names, string Description, bool TakesValue, PossibleValues? Values);

/// <summary>A command or a group as completion sees it.</summary>
/// <param name="Path">The words that lead there, e.g. <c>network create</c>; empty for novanet itself.</param>
/// <param name="Subcommands">What may follow, with a description.</param>
/// <param name="Options">Its own.</param>
/// <param name="Word">What may stand for its own word.</param>
internal sealed record MappedCommand(
    string Path, IReadOnlyList<(string Name, string Description)> Subcommands, IReadOnlyList<MappedOption> Options, PossibleValues? Word)
{
    /// <summary>How many words lead there.</summary>
    public int Depth => Path.Split(' ').Length;
}

/// <summary>The tree of commands, laid flat for a script that completes them.</summary>
/// <param name="Everywhere">Options that every command takes.</param>
internal sealed record CommandMap(IReadOnlyList<MappedCommand> Commands, IReadOnlyList<MappedOption> Everywhere)
{
    /// <summary>Options that take no value: the word after one of them is none.</summary>
    public IEnumerable<string> Flags => Commands.SelectMany(command => command.Options).Concat(Everywhere).Where(option => !option.TakesValue).SelectMany(option => option.Names).Distinct();

    /// <summary>The map of a tree; what is hidden from help is not on it.</summary>
    public static CommandMap Of(RootCommand root) => new([.. Walk(root, "")], [.. root.Options.Where(option => !option.Hidden).Select(Map)]);

    private static IEnumerable<MappedCommand> Walk(Command command, string path)
    {
        var subcommands = command.Subcommands.Where(each => !each.Hidden).ToList();
        yield return new MappedCommand(
            path,
            [.. subcommands.Select(each => (each.Name, each.Description ?? ""))],
            path.Length == 0 ? [] : [.. command.Options.Where(option => !option.Hidden).Select(Map)],
            command.Arguments.Select(word => PossibleValues.Of(word.HelpName ?? word.Name)).FirstOrDefault());
        foreach (var mapped in subcommands.SelectMany(each => Walk(each, $"{path} {each.Name}".TrimStart())))
        {
            yield return mapped;
        }
    }

    private static MappedOption Map(Option option) => new(
        [.. option.Aliases.Prepend(option.Name).Where(IsOfLetters)], option.Description ?? "", option is not Option<bool> && option.Arity.MaximumNumberOfValues > 0, PossibleValues.Of(option.HelpName));

    // Help is also -? and, as on another system, /h: shells take the one for a pattern, and nobody completes the other.
    private static bool IsOfLetters(string name) => name.TrimStart('-') is [>= 'a' and <= 'z', ..] && name[0] == '-';
}
