using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NovaNetBus.Cli.Log;
using NovaNetBus.Contracts;
using Xunit;

namespace NovaNetBus.Programs.Tests.Cli;

public sealed class reading_the_log
{
    [Theory]
    [InlineData(0), InlineData(1), InlineData(EventPages.Size), InlineData((2 * EventPages.Size) + 1)]
    public async Task an_export_asks_page_by_page_for_what_comes_after_the_last(int events)
    {
        var typed = Log(() => events);

        Assert.Equal(0, await typed.Run("events", "export", "--project", "demo"));

        var lines = typed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(1, events), lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("sequence").GetInt32()));
        Assert.Equal((events / EventPages.Size) + 1, typed.Questions.Count);
        Assert.All(typed.Questions, question => Assert.Equal(("events list", "demo"), (question.Command, question.Arguments["project"])));
    }

    [Theory]
    [InlineData("jsonl", 0), InlineData("csv", 1)]
    public async Task each_line_of_an_export_is_linked_to_the_one_before_it(string format, int heads)
    {
        var typed = Log(() => 3);

        await typed.Run("events", "export", "--format", format);

        var last = new string('0', 64);
        foreach (var line in typed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(heads))
        {
            var (plain, hash) = format == "csv" ? (line[..^65], line[^64..]) : (line[..^75] + "}", line[^66..^2]);
            last = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{last}\n{plain}")));
            Assert.Equal(last, hash);
        }

        Assert.Contains($"3 events; the last hash is {last}", typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task values_with_commas_and_quotes_stay_one_value()
    {
        var typed = Log(() => 1);

        await typed.Run("events", "export", "--format", "csv");

        var lines = typed.Output.Split('\n');
        Assert.Equal("sequence,stream,version,type,at,host,user,program,causationId,correlationId,data,hash", lines[0]);
        Assert.StartsWith(
            $"1,instance-{Rows.Id},2,instance-network-configured,2026-11-23T12:00:00.0000000Z,compute-1,nova,,m-1,{Rows.Id},\"{{\"\"host\"\":\"\"compute-1\"\",\"\"note\"\":\"\"a, ",
            lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(999, false), InlineData(1000, true), InlineData(5000, true)]
    public async Task a_list_says_when_it_is_not_all(int events, bool said)
    {
        var typed = Log(() => events);

        Assert.Equal(0, await typed.Run("events", "list", "--output", "json"));

        Assert.Equal(said, typed.Error.Contains("Only the last 1000", StringComparison.Ordinal));
        Assert.Equal(Math.Min(events, 1000), JsonDocument.Parse(typed.Output).RootElement.GetArrayLength());
    }

    [Fact]
    public async Task following_shows_the_last_and_then_what_comes_each_event_once()
    {
        var (clock, events) = (new ManualClock(Rows.Noon), 20);
        using var stop = new CancellationTokenSource();
        var typed = Log(() => Volatile.Read(ref events), clock);

        var run = typed.RunUntil(["events", "list", "--follow", "--output", "json"], stop.Token);
        await Eventually(() => clock.IsAwaited);
        Volatile.Write(ref events, 22);
        clock.Pass(1);
        await Eventually(() => clock.IsAwaited);
        stop.Cancel();

        Assert.Equal(130, await run);
        var sequences = typed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("sequence").GetInt32());
        Assert.Equal(Enumerable.Range(11, 12), sequences);
    }

    [Fact]
    public async Task following_from_a_time_on_begins_there_however_much_there_is()
    {
        var clock = new ManualClock(Rows.Noon);
        using var stop = new CancellationTokenSource();
        var typed = Log(() => EventPages.Size + 5, clock);

        var run = typed.RunUntil(["events", "list", "--follow", "--since", "1h"], stop.Token);
        await Eventually(() => clock.IsAwaited);
        stop.Cancel();
        await run;

        Assert.Equal(EventPages.Size + 5, typed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.All(typed.Questions, question => Assert.DoesNotContain("follow", question.Arguments.Keys));
    }

    [Fact]
    public async Task a_refusal_in_the_middle_ends_an_export_with_1()
    {
        var asked = 0;
        var typed = new Typed(request => Task.FromResult(asked++ == 0 ? Typed.Reply(Page(request, EventPages.Size)) : new AdminReply(null, ErrorCodes.InvalidRequest, "No.")));

        Assert.Equal(1, await typed.Run("events", "export"));

        Assert.Equal("invalid-request: No.", typed.Error.TrimEnd());
    }

    private static Typed Log(Func<int> events, TimeProvider? clock = null) =>
        new(request => Task.FromResult(Typed.Reply(Page(request, events())))) { Clock = clock ?? TimeProvider.System };

    /// <summary>As the scheduler answers, of a log with the sequences 1 to <paramref name="events"/>.</summary>
    private static EventRow[] Page(AdminRequest request, int events)
    {
        var limit = Number(request, "limit") ?? 1000;
        var first = Number(request, "after") is { } after ? after + 1 : Math.Max(1, events - limit + 1);
        return [.. Enumerable.Range(first, Math.Max(0, Math.Min(limit, events - first + 1))).Select(sequence => Rows.Event(sequence))];
    }

    private static int? Number(AdminRequest request, string name) =>
        request.Arguments.TryGetValue(name, out var text) ? int.Parse(text!, CultureInfo.InvariantCulture) : null;

    private static async Task Eventually(Func<bool> condition)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 3000, "not within 30 s");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
