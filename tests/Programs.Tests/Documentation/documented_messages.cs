using System.Text;
using System.Text.RegularExpressions;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Tests;
using NovaNetBus.Hosting.Messaging;
using Xunit;

namespace NovaNetBus.Programs.Tests.Documentation;

/// <summary>The programs read what docs/messages.md shows, whoever wrote it: they read each other's facts too.</summary>
public sealed partial class documented_messages
{
    public static TheoryData<string, string> Examples =>
        [.. Example().Matches(RepositoryFiles.Text("docs/messages.md")).Select(match => new TheoryDataRow<string, string>(match.Groups[1].Value, match.Groups[2].Value))];

    [Fact]
    public void each_message_has_one() =>
        Assert.Equal(Wire.ComputeEvents.Values.Concat(Wire.Facts.Values).Order(), Examples.Select(example => example.Data.Item1).Order());

    [Theory, MemberData(nameof(Examples))]
    public void is_read_by_the_programs_and_written_again_alike(string exchange, string example)
    {
        var type = Wire.ComputeEvents.Concat(Wire.Facts).Single(known => known.Value == exchange).Key;

        var written = PlainJson.Write(PlainJson.Read(Encoding.UTF8.GetBytes(example), type));

        Assert.Equal(written, PlainJson.Write(PlainJson.Read(written, type)));
    }

    [GeneratedRegex("^### `(novanet\\.[^`]+)`$.*?^```json\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}
