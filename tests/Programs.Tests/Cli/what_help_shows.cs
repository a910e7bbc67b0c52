using System.CommandLine;
using NovaNetBus.Cli;
using NovaNetBus.Cli.Commands;
using Xunit;

namespace NovaNetBus.Programs.Tests.Cli;

public sealed class what_help_shows
{
    public static TheoryData<string> Paths => [.. PathsOf(Tree()).Select(path => string.Join(' ', path))];

    public static TheoryData<string> Examples => [.. Commands(Tree()).OfType<AdminCommand>().SelectMany(each => each.Examples)];

    [Theory, MemberData(nameof(Paths))]
    public async Task every_command_and_group_has_help_with_an_example(string path)
    {
        var typed = Typed.Answered(null);

        Assert.Equal(0, await typed.Run([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]));

        Assert.Contains($"  novanet {path}".TrimEnd(), typed.Output[typed.Output.IndexOf("Examples:", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("Exit codes:", typed.Output, StringComparison.Ordinal);
        Assert.Empty(typed.Error);
        Assert.Null(typed.Asked);
    }

    [Theory, MemberData(nameof(Examples))]
    public async Task every_example_is_understood_as_it_stands(string example)
    {
        var typed = Typed.AnsweredInKind();

        Assert.Equal(0, await typed.Run([.. example.Split(' ')[1..]]));

        Assert.StartsWith("novanet " + typed.Asked!.Command, example, StringComparison.Ordinal);
    }

    private static RootCommand Tree() => CommandLine.Tree(new Conversation(Typed.Answered(null).Surroundings()));

    private static IEnumerable<Command> Commands(Command command) => command.Subcommands.SelectMany(Commands).Prepend(command);

    private static IEnumerable<string[]> PathsOf(Command command, params string[] path) =>
        command.Subcommands.SelectMany(each => PathsOf(each, [.. path, each.Name])).Prepend(path);
}
