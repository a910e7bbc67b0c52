using System.Text;

namespace NovaNetBus.Cli.Completion;

/// <summary>The script for fish: with descriptions, and names that the scheduler tells.</summary>
internal static class FishScript
{
    public static string Of(CommandMap map)
    {
        var script = new StringBuilder($$"""
            # Lets fish complete novanet. Written by: novanet completion fish
            # the words typed so far, without options and their values
            function __novanet_words
                set -l skip 0
                for word in (commandline -opc)[2..]
                    if test $skip = 1
                        set skip 0
                        continue
                    end
                    switch $word
                        case '--*=*' {{string.Join(' ', map.Flags)}}
                        case '-*'
                            set skip 1
                        case '*'
                            echo $word
                    end
                end
            end
            # true at a command: the first argument is its words
            function __novanet_at
                set -l typed (__novanet_words)
                test "$typed[1..2]" = "$argv[1]"
            end
            # true at a command whose own word is not typed yet
            function __novanet_needs_word
                set -l typed (__novanet_words)
                test (count $typed) -eq (count (string split -n ' ' -- $argv[1])); and test "$typed[1..2]" = "$argv[1]"
            end
            # the names that novanet knows of a kind; none when it does not answer soon
            function __novanet_ask
                set -l program (commandline -opc)[1]
                $program complete $argv[1] --timeout 2 2>/dev/null
            end
            complete -c novanet -f

            """);
        foreach (var option in map.Everywhere)
        {
            Option(script, "", option);
        }

        foreach (var command in map.Commands)
        {
            var at = $" -n '__novanet_at \"{command.Path}\"'";
            foreach (var (name, description) in command.Subcommands)
            {
                script.Append($"complete -c novanet{at} -a {name} -d {Quoted(description)}\n");
            }

            foreach (var option in command.Options)
            {
                Option(script, at, option);
            }

            if (command.Word is { } word)
            {
                script.Append($"complete -c novanet -n '__novanet_needs_word \"{command.Path}\"'{Offer(word)}\n");
            }
        }

        return script.ToString();
    }

    private static void Option(StringBuilder script, string at, MappedOption option)
    {
        var names = option.Names.Select(name => name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}");
        var value = !option.TakesValue ? "" : option.Values is { Files: true } ? " -r" : " -x";
        script.Append($"complete -c novanet{at}{string.Concat(names)}{value}{(option.Values is { } values ? Offer(values) : "")} -d {Quoted(option.Description)}\n");
    }

    private static string Offer(PossibleValues values) => values switch
    {
        { Asked: { } asked } => $" -a '(__novanet_ask {asked})'",
        { Files: true } => " -F",
        _ => $" -a '{string.Join(' ', values.Choices)}'",
    };

    private static string Quoted(string description) => $"'{description.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
