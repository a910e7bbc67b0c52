using System.Reflection;
using System.Text.RegularExpressions;
using NovaNetBus.Domain.Tests;
using NovaNetBus.Hosting.Options;
using Xunit;

namespace NovaNetBus.Programs.Tests.Documentation;

/// <summary>docs/configuration.md tells the options as the programs read them.</summary>
public sealed partial class documented_options
{
    private static readonly Dictionary<string, OptionAttribute> Options = typeof(NovaNetOptions).GetProperties()
        .Where(property => property.GetCustomAttribute<OptionAttribute>() is not null)
        .ToDictionary(property => CapitalWithin().Replace(property.Name, "_$0").ToLowerInvariant(), property => property.GetCustomAttribute<OptionAttribute>()!);

    public static TheoryData<string, string> Rows =>
        [.. Row().Matches(RepositoryFiles.Text("docs/configuration.md")).Select(row => new TheoryDataRow<string, string>(row.Groups[1].Value, row.Groups[2].Value))];

    [Fact]
    public void there_are_some() => Assert.True(Rows.Count > 10);

    [Theory, MemberData(nameof(Rows))]
    public void each_exists_and_has_the_default_that_is_told(string name, string told)
    {
        Assert.True(Options.TryGetValue(name, out var option), $"there is no option {name}");
        if (option.Default is null or "")
        {
            Assert.Equal("none", told);
        }
        else if (!option.Default.StartsWith('$'))
        {
            Assert.Equal($"`{option.Default}`", told);
        }
    }

    [GeneratedRegex("^\\| `([a-z_0-9]+)` \\| (.*?) \\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("(?<=.)[A-Z]")]
    private static partial Regex CapitalWithin();
}
