using System.Text.RegularExpressions;
using NovaNetBus.Contracts;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>Domain does not see the contracts; its codes are among theirs all the same.</summary>
public sealed partial class refusal_codes
{
    private static readonly string Sources = string.Join('\n', Directory
        .EnumerateFiles(Path.Combine(RepositoryFiles.Root, "src", "Domain"), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(File.ReadAllText));

    private static readonly HashSet<string> Known = [.. typeof(ErrorCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!)];

    [Fact]
    public void every_code_that_a_refusal_carries_is_one_of_the_contracts()
    {
        var codes = Written().Matches(Sources).Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.NotEmpty(codes);
        Assert.Equal([], codes.Except(Known));
    }

    [Fact]
    public void every_code_is_written_where_it_is_refused_or_comes_from_a_recorded_refusal()
    {
        var elsewhere = Made().Matches(Sources).Select(match => match.Groups[1].Value).Where(argument => argument[0] != '"');

        Assert.Equal(["e.Code"], elsewhere);
    }

    [GeneratedRegex("""new Refusal\(\s*"([^"]*)"[,)]""")]
    private static partial Regex Written();

    [GeneratedRegex("""new Refusal\(\s*([^\s,)]+)""")]
    private static partial Regex Made();
}
