using System.CommandLine;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>A command that the scheduler carries out: its own options and positional words become the request's arguments.</summary>
internal sealed class AdminCommand : Verb
{
    /// <param name="words">As typed, e.g. <c>network create</c>.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="conversation">With whom it speaks.</param>
    /// <param name="table">Writes the result for people.</param>
    public AdminCommand(string words, string description, Conversation conversation, Action<Streams, JsonElement> table)
        : base(words.Split(' ')[^1], description) =>
        SetAction((parsed, stop) => conversation.Ask(parsed, new AdminRequest(words, ArgumentsOf(parsed)), table, stop));

    private Dictionary<string, string?> ArgumentsOf(ParseResult parsed)
    {
        var given = new Dictionary<string, string?>();
        foreach (var argument in Arguments.OfType<Argument<string>>())
        {
            Add(argument.Name.ToLowerInvariant(), parsed.GetValue(argument));
        }

        foreach (var option in Options.OfType<Option<string>>())
        {
            Add(option.Name.TrimStart('-'), parsed.GetValue(option));
        }

        return given;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                given[name] = value;
            }
        }
    }
}
