using System.Text.Json;
using System.Text.Json.Nodes;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Domain.Tests;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using Xunit;

namespace NovaNetBus.Programs.Tests.Ledger;

/// <summary>
/// What was written once must be found for ever: tests/Programs.Tests/Ledger/samples has an event of each stored name as some version wrote it. A sample is never changed; where
/// an event gains a field, a second sample NAME.2.json shows it.
/// </summary>
public sealed class stored_events
{
    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "tests/Programs.Tests/Ledger/samples");

    public static TheoryData<string> Samples => [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void have_a_name_each()
    {
        var events = typeof(NetworkEvent).Assembly.GetTypes().Where(type => !type.IsAbstract && IsEvent(type)).ToList();

        Assert.Equal([], events.Except(EventNames.All.Keys));
        Assert.Equal([], EventNames.All.Keys.Except(events));
        Assert.Equal(EventNames.All.Count, EventNames.All.Values.Distinct().Count());
    }

    [Fact]
    public void have_a_sample_each()
    {
        var known = Samples.Select(sample => sample.Data.Split('.')[0]).ToHashSet();
        var missing = EventNames.All.Where(pair => !known.Contains(pair.Value)).ToList();
        if (Environment.GetEnvironmentVariable("NOVANET_WRITE_SAMPLES") is not null)
        {
            missing.ForEach(pair => File.WriteAllText(Path.Combine(Folder, pair.Value + ".json"), Written(pair.Key)));
        }

        Assert.True(missing.Count == 0, "New events need a sample; this test writes it when NOVANET_WRITE_SAMPLES is set. Missing: " + string.Join(", ", missing.Select(pair => pair.Value)));
        Assert.Equal([], known.Except(EventNames.All.Values));
    }

    [Theory, MemberData(nameof(Samples))]
    public void load_with_all_that_was_written(string sample)
    {
        var text = File.ReadAllText(Path.Combine(Folder, sample));
        var stored = new LoggedEvent(1, "stream", 1, sample.Split('.')[0], DateTimeOffset.UnixEpoch, null, null, null, null, null, text);

        var change = EventCodec.Read(stored).Data;

        Assert.Equal([], Lost(JsonNode.Parse(text)!, JsonSerializer.SerializeToNode(change, change.GetType(), EventCodec.Options)!, ""));
    }

    private static string Written(Type type) =>
        JsonSerializer.Serialize(ExampleEvent.Of(type), type, new JsonSerializerOptions(EventCodec.Options) { WriteIndented = true }) + "\n";

    private static bool IsEvent(Type type)
    {
        for (var parent = type.BaseType; parent is not null; parent = parent.BaseType)
        {
            if (parent is { IsAbstract: true } && parent.Name.EndsWith("Event", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What of the first is not in the second.</summary>
    private static IEnumerable<string> Lost(JsonNode written, JsonNode? read, string path) => written switch
    {
        JsonObject fields => fields.Where(field => field.Value is not null).SelectMany(field => Lost(field.Value!, (read as JsonObject)?[field.Key], $"{path}.{field.Key}")),
        _ => JsonNode.DeepEquals(written, read) ? [] : [$"{path}: {written.ToJsonString()} was read as {read?.ToJsonString() ?? "nothing"}"],
    };
}
