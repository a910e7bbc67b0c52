using NovaNetBus.Contracts;
using Xunit;

namespace NovaNetBus.Programs.Tests.Cli;

public sealed class telling_of_a_wait
{
    private readonly ManualClock _clock = new(Rows.Noon);
    private readonly TaskCompletionSource<AdminReply> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task on_a_terminal_a_line_counts_the_seconds_and_is_gone_at_the_end()
    {
        var typed = new Typed(_ => _answer.Task, live: true) { Clock = _clock };

        var run = typed.Run("host", "list");
        Assert.Empty(typed.Error);
        await PassUntil(() => typed.Error.Contains("Waiting for the scheduler … 2 s", StringComparison.Ordinal));
        _answer.SetResult(Typed.Reply(new[] { Rows.Host() }));

        Assert.Equal(0, await run);
        Assert.Contains("Waiting for the scheduler … 1 s", typed.Error, StringComparison.Ordinal);
        Assert.EndsWith("\r\u001b[K", typed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Waiting", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task in_a_pipe_nothing_is_said_of_a_wait()
    {
        var typed = new Typed(_ => _answer.Task) { Clock = _clock };

        var run = typed.Run("host", "list");
        _clock.Pass(5);
        _answer.SetResult(Typed.Reply(new[] { Rows.Host() }));

        Assert.Equal(0, await run);
        Assert.Empty(typed.Error);
    }

    [Fact]
    public async Task an_answer_at_once_leaves_no_trace()
    {
        var typed = new Typed(_ => Task.FromResult(Typed.Reply(new[] { Rows.Host() })), live: true) { Clock = _clock };

        await typed.Run("host", "list");

        Assert.Empty(typed.Error);
    }

    [Fact]
    public async Task long_work_tells_in_a_pipe_too_how_far_it_is_every_ten_seconds()
    {
        var asked = 0;
        var typed = new Typed(_ => asked++ == 0 ? Task.FromResult(Typed.Reply(Enumerable.Range(1, 1000).Select(at => Rows.Event(at)))) : _answer.Task) { Clock = _clock };

        var run = typed.Run("events", "export");
        await PassUntil(() => typed.Error.Length > 0);
        _answer.SetResult(Typed.Reply(Array.Empty<EventRow>()));
        await run;

        Assert.Equal("1000 events, the last is 1000 … 10 s", typed.Error.Split('\n')[0]);
    }

    /// <summary>A timer may not be waiting again yet when its second has passed, so that a second may go by unseen: more are let pass until it is seen.</summary>
    private async Task PassUntil(Func<bool> condition)
    {
        for (var seconds = 0; !condition(); seconds++)
        {
            Assert.True(seconds < 3000, "not seen");
            _clock.Pass(1);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
