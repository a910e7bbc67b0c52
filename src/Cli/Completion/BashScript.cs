namespace NovaNetBus.Cli.Completion;

/// <summary>
/// The script for bash. Names that the scheduler tells are compared, never expanded: <c>compgen -W</c> would run what stands in a label.
/// </summary>
internal static class BashScript
{
    public static string Of(CommandMap map) => $$"""
        # Lets bash complete novanet. Written by: novanet completion bash
        _novanet() {
            local cur=${COMP_WORDS[COMP_CWORD]} before="" option="" path="" words=0 skip=0 i word
            [ "$COMP_CWORD" -gt 0 ] && before=${COMP_WORDS[COMP_CWORD-1]}
            # '=' is a word of its own here: --output=json are three.
            if [ "$cur" = "=" ]; then
                option=$before cur=""
            elif [ "$before" = "=" ]; then
                option=${COMP_WORDS[COMP_CWORD-2]}
            elif [[ $before == -* ]]; then
                option=$before
            fi
            for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                if [ "$word" = "=" ]; then
                    skip=1
                elif [ "$skip" = 1 ]; then
                    skip=0
                else
                    case $word in
                        {{string.Join('|', map.Flags)}}) ;;
                        -*) skip=1 ;;
                        *) words=$((words + 1)); [ "$words" -le 2 ] && path="${path:+$path }$word" ;;
                    esac
                fi
            done
            COMPREPLY=()
            case "$path ${option//_/-}" in
        {{CaseLines.OfValues(map, Offer)}}
            esac
            case "$option" in
                ""|{{string.Join('|', map.Flags)}}) ;;
                *) return ;;
            esac
            if [[ $cur == -* ]]; then
                _novanet_offer "$cur" {{string.Join(' ', map.Everywhere.SelectMany(option => option.Names))}}
            fi
            case "$path" in
        {{CaseLines.OfCommands(map, Offers)}}
            esac
        }
        # offers those of the words that begin so
        _novanet_offer() {
            local begun=$1 word
            shift
            for word in "$@"; do
                [[ $word == "$begun"* ]] && COMPREPLY+=("$(printf %q "$word")")
            done
        }
        # offers the names that novanet knows of a kind; none when it does not answer soon
        _novanet_ask() {
            local names
            mapfile -t names < <("$1" complete "$2" --timeout 2 2>/dev/null)
            _novanet_offer "$3" "${names[@]}"
        }
        complete -F _novanet novanet

        """;

    private static IEnumerable<string> Offers(MappedCommand command)
    {
        if (command.Subcommands.Count > 0)
        {
            yield return $"_novanet_offer \"$cur\" {string.Join(' ', command.Subcommands.Select(each => each.Name))}";
        }

        if (command.Options.Count > 0)
        {
            yield return $"[[ $cur == -* ]] && _novanet_offer \"$cur\" {string.Join(' ', command.Options.SelectMany(option => option.Names))}";
        }

        if (command.Word is { } word)
        {
            yield return $"[[ $words -le {command.Depth} && $cur != -* ]] && {Offer(word)}";
        }
    }

    private static string Offer(PossibleValues values) => values switch
    {
        { Asked: { } asked } => $"_novanet_ask \"$1\" {asked} \"$cur\"",
        { Files: true } => "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")",
        _ => $"_novanet_offer \"$cur\" {string.Join(' ', values.Choices)}",
    };
}
