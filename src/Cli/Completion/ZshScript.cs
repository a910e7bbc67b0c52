namespace NovaNetBus.Cli.Completion;

/// <summary>The script for zsh: with descriptions, and names that the scheduler tells.</summary>
internal static class ZshScript
{
    public static string Of(CommandMap map) => $$"""
        #compdef novanet
        # Lets zsh complete novanet. Written by: novanet completion zsh
        _novanet() {
            local option="" word at
            local -a plain
            integer i=2
            while (( i < CURRENT )); do
                word=$words[i]
                case $word in
                    --*=*|{{string.Join('|', map.Flags)}}) ;;
                    -*) (( i++ )) ;;
                    *) plain+=("$word") ;;
                esac
                (( i++ ))
            done
            at="${plain[1,2]}"
            if [[ $PREFIX == --*=* ]]; then
                option=${PREFIX%%=*}
                compset -P '*='
            elif [[ $words[CURRENT-1] == -* && $words[CURRENT-1] != *=* ]]; then
                option=$words[CURRENT-1]
            fi
            case "$at ${option//_/-}" in
        {{CaseLines.OfValues(map, Offer)}}
            esac
            case "$option" in
                ""|{{string.Join('|', map.Flags)}}) ;;
                *) return 1 ;;
            esac
            local -a commands options
            options=({{string.Join(' ', map.Everywhere.SelectMany(Described))}})
            case "$at" in
        {{CaseLines.OfCommands(map, Offers)}}
            esac
            if [[ $PREFIX == -* ]]; then
                _describe option options
            elif (( $#commands )); then
                _describe command commands
            fi
        }
        # offers the names that novanet knows of a kind; none when it does not answer soon
        _novanet_ask() {
            local -a names
            names=("${(@f)$($words[1] complete $1 --timeout 2 2>/dev/null)}")
            compadd -a names
        }
        (( $+functions[compdef] )) && compdef _novanet novanet

        """;

    private static IEnumerable<string> Offers(MappedCommand command)
    {
        if (command.Subcommands.Count > 0)
        {
            yield return $"commands=({string.Join(' ', command.Subcommands.Select(each => Quoted(each.Name, each.Description)))})";
        }

        if (command.Options.Count > 0)
        {
            yield return $"options+=({string.Join(' ', command.Options.SelectMany(Described))})";
        }

        if (command.Word is { } word)
        {
            yield return $"[[ $#plain -le {command.Depth} && $PREFIX != -* ]] && {Offer(word)}";
        }
    }

    private static string Offer(PossibleValues values) => values switch
    {
        { Asked: { } asked } => $"_novanet_ask {asked}",
        { Files: true } => "_files",
        _ => $"compadd {string.Join(' ', values.Choices)}",
    };

    private static IEnumerable<string> Described(MappedOption option) => option.Names.Select(name => Quoted(name, option.Description));

    private static string Quoted(string name, string description) => $"'{name}:{description.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
