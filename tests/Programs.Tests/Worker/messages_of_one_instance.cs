using CsCheck;
using NovaNetBus.NetworkWorker.Intake;
using Xunit;

namespace NovaNetBus.Programs.Tests.Worker;

public sealed class messages_of_one_instance
{
    private static readonly Guid A = Guid.Parse("00000000-0000-0000-0000-00000000000a"), B = Guid.Parse("00000000-0000-0000-0000-00000000000b");

    [Fact]
    public async Task the_second_waits_for_the_first()
    {
        var order = new InstanceOrder();
        var gate = new TaskCompletionSource();
        var ran = new List<int>();
        var first = order.After(A, async () =>
        {
            await gate.Task;
            ran.Add(1);
        });
        var second = order.After(A, () =>
        {
            ran.Add(2);
            return Task.CompletedTask;
        });
        Assert.False(second.IsCompleted);
        gate.SetResult();
        await Task.WhenAll(first, second);
        Assert.Equal([1, 2], ran);
    }

    [Fact]
    public async Task another_instance_does_not_wait()
    {
        var order = new InstanceOrder();
        var gate = new TaskCompletionSource();
        var stuck = order.After(A, () => gate.Task);
        await order.After(B, () => Task.CompletedTask).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.False(stuck.IsCompleted);
        gate.SetResult();
        await stuck;
    }

    [Fact]
    public async Task a_failure_is_its_own_and_does_not_stop_the_next()
    {
        var order = new InstanceOrder();
        var first = order.After(A, () => Task.FromException(new InvalidOperationException("mine")));
        var second = order.After(A, () => Task.CompletedTask);
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        await second;
    }

    [Fact]
    public void run_in_the_order_of_arrival_whatever_the_mix() => Gen.Int[0, 3].List[1, 40].Sample(
        async arrivals =>
        {
            var order = new InstanceOrder();
            var ran = arrivals.Distinct().ToDictionary(instance => instance, _ => new List<int>());
            await Task.WhenAll(arrivals.Select((instance, at) => order.After(new Guid(instance, 0, 0, new byte[8]), async () =>
            {
                await Task.Yield();
                ran[instance].Add(at);
            })));
            Assert.All(ran.Values, places => Assert.Equal(places.Order(), places));
        },
        iter: 100);
}
