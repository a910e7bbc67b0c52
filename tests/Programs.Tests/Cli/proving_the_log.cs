using System.Text.Json;
using NovaNetBus.Cli.Rpc;
using NovaNetBus.Contracts;
using Xunit;

namespace NovaNetBus.Programs.Tests.Cli;

public sealed class proving_the_log : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("jsonl"), InlineData("csv")]
    public async Task an_export_as_it_was_made_has_no_differences(string format)
    {
        var (lines, last) = await Export(format);
        await Write(lines);
        var typed = Typed.Answered(null);

        Assert.Equal(0, await typed.Run("events", "verify", "--export", _file, "--last-hash", last));

        Assert.Contains("5 events, 5 records compared", typed.Output, StringComparison.Ordinal);
        Assert.Contains($"no difference. Last hash: {last}", typed.Output, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, int> Tampering => new()
    {
        { "jsonl", "change", 3 }, { "jsonl", "remove first", 1 }, { "jsonl", "remove", 3 }, { "jsonl", "insert", 3 }, { "jsonl", "swap", 3 }, { "jsonl", "cut", 3 },
        { "csv", "change", 4 }, { "csv", "remove first", 2 }, { "csv", "remove", 4 }, { "csv", "insert", 4 }, { "csv", "swap", 4 }, { "csv", "cut", 4 },
    };

    [Theory, MemberData(nameof(Tampering))]
    public async Task a_line_that_is_changed_missing_or_put_in_is_found(string format, string what, int where)
    {
        var (lines, _) = await Export(format);
        var third = format == "csv" ? 3 : 2;
        switch (what)
        {
            case "change": lines[third] = lines[third].Replace("compute-1", "compute-2", StringComparison.Ordinal); break;
            case "remove first": lines.RemoveAt(third - 2); break;
            case "remove": lines.RemoveAt(third); break;
            case "insert": lines.Insert(third, lines[third - 1]); break;
            case "swap": (lines[third], lines[third + 1]) = (lines[third + 1], lines[third]); break;
            default: lines[third] = lines[third][..20]; break;
        }

        await Write(lines);
        var typed = Typed.Answered(null);

        Assert.Equal(1, await typed.Run("events", "verify", "--export", _file, "--output", "json"));

        var first = JsonDocument.Parse(typed.Output).RootElement.GetProperty("differences")[0];
        Assert.Equal($"{_file}, line {where}", first.GetProperty("where").GetString());
    }

    [Fact]
    public async Task lines_missing_at_the_end_are_found_by_the_hash_that_was_told()
    {
        var (lines, last) = await Export("jsonl");
        await Write(lines[..^1]);

        Assert.Equal(0, await Typed.Answered(null).Run("events", "verify", "--export", _file));
        Assert.Equal(1, await Typed.Answered(null).Run("events", "verify", "--export", _file, "--last-hash", last));
    }

    [Fact]
    public async Task a_file_that_is_not_there_is_a_refusal()
    {
        var typed = Typed.Answered(null);

        Assert.Equal(1, await typed.Run("events", "verify", "--export", "/no/such/file"));

        Assert.StartsWith("invalid-request: /no/such/file cannot be read", typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task without_differences_a_verification_ends_with_0()
    {
        var typed = Typed.Answered(null);

        Assert.Equal(0, await typed.Run("events", "verify"));

        Assert.Equal("7 events, 3 records compared, 1.5 s: no difference.", typed.Output.TrimEnd());
        Assert.Null(typed.Asked);
    }

    [Fact]
    public async Task with_one_it_ends_with_1_and_tells_where()
    {
        var typed = new Typed(new AdminReply(null)) { Verified = new VerifyReport(7, 3, 1.5, [new VerifyDifference("instance 5f7d: state", "configured", "failed")]) };

        Assert.Equal(1, await typed.Run("events", "verify"));

        Assert.Contains("instance 5f7d: state  configured  failed", typed.Output, StringComparison.Ordinal);
        Assert.Contains("1.5 s: 1 difference.", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_replay_tells_what_it_made_and_ends_with_1_when_the_worlds_differ()
    {
        var (same, other) = (Typed.Answered(null), new Typed(new AdminReply(null)) { Verified = new VerifyReport(0, 0, 0, [new VerifyDifference("host-a", "x", null)]) });

        Assert.Equal(0, await same.Run("events", "replay", "--into", "Host=x"));
        Assert.Equal(1, await other.Run("events", "replay", "--into", "Host=x"));

        Assert.Equal("7 events made 3 records in Host=x, 1.5 s: no difference.", same.Output.TrimEnd());
    }

    [Fact]
    public async Task a_database_that_is_away_is_3_and_a_store_that_is_not_empty_1()
    {
        Assert.Equal(3, await new Typed(new AdminReply(null)) { Failure = new NoConnectionException("away") }.Run("events", "replay", "--into", "Host=x"));
        Assert.Equal(1, await new Typed(new AdminReply(null)) { Failure = new RefusedException("invalid-request", "not empty") }.Run("events", "replay", "--into", "Host=x"));
    }

    [Theory]
    [InlineData("events replay"), InlineData("events verify --last-hash abc")]
    public async Task what_makes_no_sense_is_wrong_usage(string line) => Assert.Equal(2, await Typed.Answered(null).Run(line.Split(' ')));

    [Fact]
    public async Task how_far_it_is_is_told_from_the_first_second_on()
    {
        var (clock, work) = (new ManualClock(Rows.Noon), new TaskCompletionSource());
        var typed = new Typed(_ => throw new InvalidOperationException(), live: true) { Clock = clock, LogWork = work.Task };

        var run = typed.Run("events", "verify");
        for (var tries = 0; !typed.Error.Contains("7 events … ", StringComparison.Ordinal); tries++)
        {
            Assert.True(tries < 3000, "not within 30 s");
            clock.Pass(1);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        work.SetResult();
        Assert.Equal(0, await run);
    }

    private static async Task<(List<string> Lines, string LastHash)> Export(string format)
    {
        var typed = new Typed(request => Task.FromResult(Typed.Reply(Enumerable.Range(1, 5).Select(sequence => Rows.Event(sequence)))));
        await typed.Run("events", "export", "--format", format);
        return ([.. typed.Output.TrimEnd('\n').Split('\n')], typed.Error.TrimEnd().Split(' ')[^1]);
    }

    private Task Write(IEnumerable<string> lines) => File.WriteAllLinesAsync(_file, lines, TestContext.Current.CancellationToken);
}
