using NovaNetBus.Contracts;
using NovaNetBus.Domain.Tests;
using NovaNetBus.Programs.Tests.Cli;
using Xunit;

namespace NovaNetBus.Programs.Tests.Documentation;

/// <summary>docs/transcript.md is what scripts/transcript.sh plays, and the tool still understands each of its lines as it did.</summary>
public sealed class transcript_page
{
    private const string Prompt = "$ ";

    /// <summary>Those that ask the scheduler; the others are about files of the session, and have tests of their own.</summary>
    public static TheoryData<string, int> Lines =>
        [.. Typed().Where(line => line.Command.StartsWith("novanet ", StringComparison.Ordinal) && !line.Command.Contains("--export", StringComparison.Ordinal)
            && !line.Command.StartsWith("novanet config", StringComparison.Ordinal)).Select(line => (line.Command, line.ExitCode))];

    [Fact]
    public void its_commands_are_those_of_the_session()
    {
        var session = RepositoryFiles.Text("scripts/transcript.session").Split('\n')
            .Where(line => line.StartsWith("run ", StringComparison.Ordinal) || line.StartsWith("note ", StringComparison.Ordinal))
            .Select(line => line.StartsWith("run ", StringComparison.Ordinal) ? line[4..].Trim('\'', '"') : line[5..].Replace(" '", "=", StringComparison.Ordinal).TrimEnd('\''));

        Assert.Equal(session, Typed().Select(line => line.Command));
    }

    [Theory, MemberData(nameof(Lines))]
    public async Task each_line_is_understood_as_it_was(string line, int exitCode)
    {
        var words = line.Split([" | ", " > ", "; "], StringSplitOptions.None)[0].Split(' ')[1..].Select(Filled).ToArray();
        var typed = Cli.Typed.AnsweredInKind();

        Assert.Equal(exitCode == 2 ? 2 : 0, await typed.Run(words));
    }

    /// <summary>What the session's variables stand for.</summary>
    private static string Filled(string word) => word switch
    {
        "$BEFORE" => "2026-11-23T12:00:00Z",
        "$WEB" or "$MAIL" => Rows.Id.ToString(),
        _ => word,
    };

    private static List<(string Command, int ExitCode)> Typed()
    {
        var typed = new List<(string, int)>();
        foreach (var line in RepositoryFiles.Text("docs/transcript.md").Split('\n'))
        {
            if (line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                typed.Add((line[Prompt.Length..], 0));
            }
            else if (line.StartsWith("[exit code ", StringComparison.Ordinal))
            {
                typed[^1] = (typed[^1].Item1, line["[exit code ".Length] - '0');
            }
        }

        return typed;
    }
}
