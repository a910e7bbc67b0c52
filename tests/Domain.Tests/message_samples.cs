using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using NovaNetBus.Contracts;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>docs/messages.md is what the programs take and give: its examples are read with the contracts, strictly.</summary>
public sealed partial class message_samples
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireWhatMayNotBeNull } },
    };

    private static readonly string Page = RepositoryFiles.Text("docs/messages.md");

    public static TheoryData<string> Exchanges => [.. Wire.ComputeEvents.Values, .. Wire.Facts.Values];

    [Theory, MemberData(nameof(Exchanges))]
    public void every_exchange_has_an_example_that_the_contract_reads_and_writes_back(string exchange)
    {
        var type = Wire.ComputeEvents.Concat(Wire.Facts).Single(known => known.Value == exchange).Key;
        var examples = JsonBlock().Matches(Section(exchange)).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(examples);
        foreach (var example in examples)
        {
            var message = JsonSerializer.Deserialize(example, type, Strict);
            var written = JsonSerializer.Serialize(message, type, Strict);
            Assert.True(JsonNode.DeepEquals(Normalised(example), Normalised(written)), $"{exchange} is written back as {written}");
        }
    }

    [Theory, MemberData(nameof(Exchanges))]
    public void every_field_of_a_message_is_explained(string exchange)
    {
        var type = Wire.ComputeEvents.Concat(Wire.Facts).Single(known => known.Value == exchange).Key;
        var explained = FirstColumn(Section(exchange));

        Assert.Equal([], FieldsOf(type).Except(explained));
    }

    [Fact]
    public void no_exchange_is_described_that_does_not_exist() =>
        Assert.Equal(
            Wire.ComputeEvents.Values.Concat(Wire.Facts.Values).Order(),
            Heading().Matches(Page).Select(match => match.Groups[1].Value).Order());

    [Fact]
    public void every_code_is_explained_and_no_other()
    {
        var codes = typeof(ErrorCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(codes.Order(), FirstColumn(Page[Page.IndexOf("## Codes", StringComparison.Ordinal)..]).Skip(1).Order());
    }

    private static void RequireWhatMayNotBeNull(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            property.IsRequired = property.AssociatedParameter is { IsNullable: false };
    }

    private static IEnumerable<string> FieldsOf(Type type) =>
        type.GetProperties().Select(property => property.Name)
            .Concat(type == typeof(HostNetworkConfigured) ? typeof(Vif).GetProperties().Select(property => property.Name) : [])
            .Select(JsonNamingPolicy.CamelCase.ConvertName);

    /// <summary>The names in the first column of every table: several may stand in one cell, and "?" marks an optional one.</summary>
    private static IEnumerable<string> FirstColumn(string section) =>
        section.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .SelectMany(line => line.Split('|')[1].Split(','))
            .Select(name => name.Trim().TrimEnd('?'));

    private static string Section(string exchange)
    {
        var heading = $"### `{exchange}`\n";
        var start = Page.IndexOf(heading, StringComparison.Ordinal);
        Assert.True(start >= 0, $"docs/messages.md has no section {heading}");
        var body = Page[(start + heading.Length)..];
        var end = NextHeading().Match(body);
        return end.Success ? body[..end.Index] : body;
    }

    /// <summary>The same document with times in one spelling (the serializer may write +00:00 for Z).</summary>
    private static JsonNode Normalised(string json) => JsonNode.Parse(json.Replace("+00:00\"", "Z\"", StringComparison.Ordinal))!;

    [GeneratedRegex(@"^```json\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex JsonBlock();

    [GeneratedRegex("^### `(novanet\\.[^`]+)`$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^##", RegexOptions.Multiline)]
    private static partial Regex NextHeading();
}
