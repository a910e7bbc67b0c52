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
    /// <param name="examples">Lines that can be typed as they stand.</param>
    public AdminCommand(string words, string description, Conversation conversation, Action<Streams, JsonElement> table, params IReadOnlyList<string> examples)
        : base(words.Split(' ')[^1], description, examples) =>
        SetAction((parsed, stop) => conversation.Ask(parsed, new AdminRequest(words, Given(this, parsed)), table, stop));

    /// <summary>What a line gives to a command, by the names that requests use.</summary>
    public static Dictionary<string, string?> Given(Command command, ParseResult parsed)
    {
        var words = command.Arguments.OfType<Argument<string>>().Select(word => (Name: word.Name.ToLowerInvariant(), Value: parsed.GetValue(word)));
        var options = command.Options.OfType<Option<string>>().Select(option => (Name: NameOf(option), Value: parsed.GetValue(option)));
        var flags = command.Options.OfType<Option<bool>>().Select(flag => (Name: NameOf(flag), Value: parsed.GetValue(flag) ? "true" : null));
        return words.Concat(options).Concat(flags).Where(given => given.Value is not null).ToDictionary(given => given.Name, given => given.Value);
    }

    private static string NameOf(Option option) => option.Name.TrimStart('-');
}
