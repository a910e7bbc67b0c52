using System.Collections.Concurrent;
using CsCheck;
using NovaNetBus.Hosting.Messaging;
using Xunit;

namespace NovaNetBus.Programs.Tests.Hosting;

public sealed class Deliveries_take_their_turns
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    /// <summary>What a delivery does once it is there.</summary>
    private enum Fate
    {
        HandsOver,
        FailsUnread,
        GivesUpWaiting,
    }

    [Fact]
    public async Task in_the_order_of_tags_whatever_the_order_of_arrival() =>
        await Gen.Select(Gen.Enum<Fate>().List[1, 40], Gen.Int[0, 1_000_000]).SampleAsync(
            async run =>
            {
                var (fates, seed) = run;
                var sequencer = new DeliverySequencer(Bound, TimeProvider.System);
                var released = new ConcurrentQueue<int>();
                var arrival = Enumerable.Range(1, fates.Count).ToArray();
                new Random(seed).Shuffle(arrival);

                var all = arrival.Select(tag => Task.Run(() => DeliverAsync(sequencer, (ulong)tag, fates[tag - 1], released))).ToArray();
                await Task.WhenAll(all).WaitAsync(Bound);

                var expected = Enumerable.Range(1, fates.Count).Where(tag => fates[tag - 1] == Fate.HandsOver);
                Assert.Equal(expected, released);
            },
            iter: 300);

    [Fact]
    public async Task a_tag_that_never_arrives_holds_the_others_up_only_for_a_while()
    {
        var sequencer = new DeliverySequencer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        sequencer.Arrive(3);
        sequencer.Arrive(2);
        var third = sequencer.TurnAsync(3, TestContext.Current.CancellationToken);
        var second = sequencer.TurnAsync(2, TestContext.Current.CancellationToken);

        await second.WaitAsync(Bound, TestContext.Current.CancellationToken);
        Assert.False(third.IsCompleted);
        sequencer.Pass(2);
        await third.WaitAsync(Bound, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task a_tag_that_comes_late_after_all_does_not_wait_and_does_not_disturb()
    {
        var sequencer = new DeliverySequencer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        sequencer.Arrive(2);
        await sequencer.TurnAsync(2, TestContext.Current.CancellationToken).WaitAsync(Bound, TestContext.Current.CancellationToken);
        sequencer.Arrive(1);
        Assert.True(sequencer.TurnAsync(1, TestContext.Current.CancellationToken).IsCompletedSuccessfully);
        sequencer.Pass(1);
        sequencer.Pass(2);
        sequencer.Arrive(3);
        Assert.True(sequencer.TurnAsync(3, TestContext.Current.CancellationToken).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task one_that_arrived_but_does_not_pass_is_waited_for_beyond_patience()
    {
        var sequencer = new DeliverySequencer(TimeSpan.Zero, TimeProvider.System);
        sequencer.Arrive(1);
        sequencer.Arrive(2);
        var second = sequencer.TurnAsync(2, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<TimeoutException>(() => second.WaitAsync(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken));
        sequencer.Pass(1);
        await second.WaitAsync(Bound, TestContext.Current.CancellationToken);
    }

    private static async Task DeliverAsync(DeliverySequencer sequencer, ulong tag, Fate fate, ConcurrentQueue<int> released)
    {
        sequencer.Arrive(tag);
        try
        {
            if (fate == Fate.HandsOver)
            {
                await sequencer.TurnAsync(tag, CancellationToken.None);
                released.Enqueue((int)tag);
            }
            else if (fate == Fate.GivesUpWaiting)
            {
                using var given = new CancellationTokenSource();
                var turn = sequencer.TurnAsync(tag, given.Token);
                await given.CancelAsync();
                await turn.ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
        finally
        {
            sequencer.Pass(tag);
            sequencer.Pass(tag);
        }
    }
}
