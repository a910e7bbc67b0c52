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

    /// <summary>Those of the founding document; <c>bridge_interface</c> is an argument of <c>network create</c>.</summary>
    [Theory]
    [InlineData("network_manager"), InlineData("fixed_range"), InlineData("floating_range"), InlineData("force_dhcp_release"), InlineData("my_ip"), InlineData("multi_host")]
    [InlineData("public_interface"), InlineData("flat_network_bridge"), InlineData("flat_interface"), InlineData("vlan_interface"), InlineData("vlan_start")]
    public void each_that_the_founding_document_names_is_ours_and_is_told_with_what_nova_did(string name)
    {
        Assert.Contains(name, Options.Keys);
        Assert.Contains(Rows, row => row.Data.Item1 == name);
        Assert.Matches($"(?m)^\\| {name} \\| .+ \\| .+ \\| .+ \\|$", RepositoryFiles.Text("docs/configuration.md"));
    }

    [Fact]
    public void none_is_told_twice() => Assert.Equal(Rows.Select(row => row.Data.Item1).Distinct().Count(), Rows.Count);

    [GeneratedRegex("^\\| `([a-z_0-9]+)` \\| (.*?) \\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("(?<=.)[A-Z]")]
    private static partial Regex CapitalWithin();
}
