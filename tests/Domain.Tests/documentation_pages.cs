using System.Text.RegularExpressions;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>What the documentation points at exists.</summary>
public sealed partial class documentation_pages
{
    public static TheoryData<string> Pages => [.. PagesOfTheRepository()];

    [Theory, MemberData(nameof(Pages))]
    public void every_link_of_a_page_leads_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(page)!;
        var broken = Link().Matches(RepositoryFiles.Text(page))
            .Select(match => match.Groups[1].Value)
            .Where(target => !target.StartsWith("http", StringComparison.Ordinal) && !Exists(folder, page, target));

        Assert.Equal([], broken);
    }

    [Theory, MemberData(nameof(Pages))]
    public void every_script_that_a_page_names_is_there(string page)
    {
        var missing = Script().Matches(RepositoryFiles.Text(page))
            .Select(match => match.Value).Distinct()
            .Where(script => !File.Exists(Path.Combine(RepositoryFiles.Root, script)));

        Assert.Equal([], missing);
    }

    private static bool Exists(string folder, string page, string target)
    {
        var (path, anchor) = target.Split('#') is [var file, var fragment] ? (file, fragment) : (target, "");
        var full = path.Length == 0 ? page : Path.Combine(folder, path);
        if (!Path.Exists(Path.Combine(RepositoryFiles.Root, full))) return false;
        return anchor.Length == 0 || Anchors(RepositoryFiles.Text(full)).Contains(anchor);
    }

    private static IEnumerable<string> Anchors(string text) =>
        Heading().Matches(text).Select(match => NotInAnchors().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    private static IEnumerable<string> PagesOfTheRepository() =>
        Directory.EnumerateFiles(RepositoryFiles.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(RepositoryFiles.Root, path));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\bscripts/[a-z-]+\.sh\b")]
    private static partial Regex Script();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("[^a-z0-9 _-]")]
    private static partial Regex NotInAnchors();
}
