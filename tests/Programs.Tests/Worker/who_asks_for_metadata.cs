using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Instances;
using NovaNetBus.NetworkWorker.Metadata;
using Xunit;

namespace NovaNetBus.Programs.Tests.Worker;

public sealed class who_asks_for_metadata
{
    private static readonly VmPlace Place = new("br100", Ipv4.Parse("10.4.0.11")), Other = new("br100", Ipv4.Parse("10.4.0.12"));
    private static readonly VmProfile Vm = new(Guid.NewGuid(), "project-1", "web-1", "", [], InstanceMetadata.Empty), Newer = Vm with { Name = "web-2" };

    private readonly StoppedClock clock = new();
    private readonly VmDirectory directory;
    private int reads;
    private Func<VmPlace, Task<VmProfile?>> ledger = _ => Task.FromResult<VmProfile?>(Vm);

    public who_asks_for_metadata() => directory = new VmDirectory(
        (place, _) =>
        {
            Interlocked.Increment(ref reads);
            return ledger(place);
        },
        clock);

    [Fact]
    public async Task is_asked_once_for_a_minute()
    {
        Assert.Equal(Vm, await directory.FindAsync(Place));
        clock.Pass(TimeSpan.FromSeconds(59));
        Assert.Equal((Vm, 1), (await directory.FindAsync(Place), reads));
        clock.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal((Vm, 2), (await directory.FindAsync(Place), reads));
    }

    [Fact]
    public async Task is_asked_again_when_its_host_has_changed_for_its_sake_and_not_for_anothers()
    {
        await directory.FindAsync(Place);
        ledger = _ => Task.FromResult<VmProfile?>(Newer);
        directory.Forget(Guid.NewGuid());
        Assert.Equal((Vm, 1), (await directory.FindAsync(Place), reads));
        directory.Forget(Vm.InstanceId);
        Assert.Equal((Newer, 2), (await directory.FindAsync(Place), reads));
    }

    [Fact]
    public async Task that_is_nobody_is_asked_again_with_the_next_change()
    {
        ledger = _ => Task.FromResult<VmProfile?>(null);
        Assert.Null(await directory.FindAsync(Place));
        Assert.Null(await directory.FindAsync(Place));
        Assert.Equal(1, reads);
        ledger = _ => Task.FromResult<VmProfile?>(Vm);
        directory.Forget(Vm.InstanceId);
        Assert.Equal(Vm, await directory.FindAsync(Place));
    }

    [Fact]
    public async Task that_is_nobody_is_asked_again_after_five_seconds()
    {
        ledger = _ => Task.FromResult<VmProfile?>(null);
        await directory.FindAsync(Place);
        ledger = _ => Task.FromResult<VmProfile?>(Vm);
        clock.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(Vm, await directory.FindAsync(Place));
    }

    [Fact]
    public async Task many_times_at_once_is_asked_once()
    {
        var answer = new TaskCompletionSource<VmProfile?>(TaskCreationOptions.RunContinuationsAsynchronously);
        ledger = _ => answer.Task;
        var asked = Enumerable.Range(0, 20).Select(_ => directory.FindAsync(Place)).ToList();
        var other = directory.FindAsync(Other);
        answer.SetResult(Vm);
        Assert.All(await Task.WhenAll(asked), found => Assert.Equal(Vm, found));
        await other;
        Assert.Equal(2, reads);
    }

    [Fact]
    public async Task what_was_read_before_a_change_is_neither_kept_nor_given_to_who_asks_after_it()
    {
        var old = new TaskCompletionSource<VmProfile?>(TaskCreationOptions.RunContinuationsAsynchronously);
        ledger = _ => old.Task;
        var early = directory.FindAsync(Place);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref reads) == 1, TimeSpan.FromSeconds(30)));
        directory.Forget(Vm.InstanceId);
        ledger = _ => Task.FromResult<VmProfile?>(Newer);
        Assert.Equal(Newer, await directory.FindAsync(Place));
        old.SetResult(Vm);
        Assert.Equal(Vm, await early);
        Assert.Equal((Newer, 2), (await directory.FindAsync(Place), reads));
    }

    [Fact]
    public async Task is_who_it_was_while_the_store_is_away_and_unknown_when_it_was_not_known()
    {
        await directory.FindAsync(Place);
        clock.Pass(TimeSpan.FromMinutes(2));
        ledger = _ => Task.FromException<VmProfile?>(new TimeoutException("the store is away"));
        Assert.Equal(Vm, await directory.FindAsync(Place));
        await Assert.ThrowsAsync<TimeoutException>(() => directory.FindAsync(Other));
        ledger = _ => Task.FromResult<VmProfile?>(Newer);
        Assert.Equal(Newer, await directory.FindAsync(Place));
        Assert.Equal(Newer, await directory.FindAsync(Other));
    }

    [Fact]
    public void asks_as_often_as_it_may_and_not_more()
    {
        using var limits = new VmLimits();
        var asked = 0;
        Assert.True(SpinWait.SpinUntil(() => !limits.Ask(Place) || ++asked < 0, TimeSpan.FromSeconds(30)));
        Assert.True(asked >= VmLimits.Burst);
        Assert.True(limits.Ask(Other));
    }

    [Fact]
    public void has_as_many_connections_as_it_may_and_a_new_one_when_one_ends()
    {
        using var limits = new VmLimits();
        var held = Enumerable.Range(0, VmLimits.Connections).Select(_ => limits.Connect(Place)).ToList();
        Assert.DoesNotContain(null, held);
        Assert.Null(limits.Connect(Place));
        Assert.NotNull(limits.Connect(Other));
        held[0]!.Dispose();
        Assert.NotNull(limits.Connect(Place));
    }

    private sealed class StoppedClock : TimeProvider
    {
        private DateTimeOffset now = DateTimeOffset.UnixEpoch;

        public void Pass(TimeSpan time) => now += time;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
