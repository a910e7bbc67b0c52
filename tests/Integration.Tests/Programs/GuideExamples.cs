using System.Text.RegularExpressions;

namespace NovaNetBus.Integration.Tests.Programs;

/// <summary>The code of docs/publishing.md, as it stands there.</summary>
internal static partial class GuideExamples
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RunningPrograms.Root, "docs", "publishing.md")).ReplaceLineEndings("\n");

    /// <summary>The Python example whose first line is <c># name</c> and its arguments.</summary>
    public static string Python(string name) => Blocks("python").Single(block => block.StartsWith($"# {name} ", StringComparison.Ordinal));

    /// <summary>The only C# example that uses this namespace and not MassTransit, or MassTransit itself.</summary>
    public static string CSharp(string library) => Blocks("csharp").Single(block => block.Contains($"using {library};", StringComparison.Ordinal));

    /// <summary>The words of the shell's line that begins so.</summary>
    public static IEnumerable<string> Shell(string beginning) =>
        Blocks("sh").SelectMany(block => block.Split('\n')).Single(line => line.StartsWith(beginning, StringComparison.Ordinal)).Split(' ').Skip(1);

    /// <summary>How many examples there are in a language.</summary>
    public static int Count(string language) => Blocks(language).Count();

    private static IEnumerable<string> Blocks(string language) =>
        Fence().Matches(Page).Where(match => match.Groups["language"].Value == language).Select(match => match.Groups["code"].Value);

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
