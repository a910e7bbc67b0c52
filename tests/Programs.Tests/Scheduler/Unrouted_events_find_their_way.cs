using NovaNetBus.Contracts;
using NovaNetBus.Scheduler.Routing;
using Xunit;

namespace NovaNetBus.Programs.Tests.Scheduler;

public sealed class Unrouted_events_find_their_way
{
    private static readonly Guid Instance = Guid.NewGuid();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task an_event_for_a_host_that_has_ever_had_a_worker_goes_there() =>
        Assert.Equal(new Route.ToWorker("a"), await Router(known: "a").OfSpawningAsync(Spawning("a"), Cancellation));

    [Fact]
    public async Task a_host_never_seen_is_refused_and_may_be_tried_again()
    {
        var refused = Assert.IsType<Route.Refused>(await Router(known: "a").OfSpawningAsync(Spawning("b"), Cancellation));

        Assert.Equal(("host-not-found", true, "b", Instance), (refused.Failure.Code, refused.Failure.Retryable, refused.Failure.Host, refused.Failure.InstanceId));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("misspelt")]
    public async Task a_deletion_without_a_known_host_goes_where_the_instance_was_allocated(string? named) =>
        Assert.Equal(new Route.ToWorker("a"), await Router(known: "a", instanceAt: "a").OfDeletedAsync(new InstanceDeleted(Instance, named), Cancellation));

    [Theory]
    [InlineData(null, "instance-not-found", false)]
    [InlineData("b", "host-not-found", true)]
    public async Task a_deletion_of_which_nothing_is_known_is_refused(string? named, string code, bool retryable)
    {
        var refused = Assert.IsType<Route.Refused>(await Router(known: "a").OfDeletedAsync(new InstanceDeleted(Instance, named), Cancellation));

        Assert.Equal((code, retryable), (refused.Failure.Code, refused.Failure.Retryable));
    }

    [Fact]
    public async Task a_deletion_of_an_instance_that_ended_with_its_host_is_told_to_be_done() =>
        Assert.Equal(
            new Route.Done(Directory.Ended),
            await new Router(new Directory("a", "forgotten", HasEnded: true)).OfDeletedAsync(new InstanceDeleted(Instance, "forgotten"), Cancellation));

    [Fact]
    public async Task an_address_for_a_running_instance_is_asked_of_its_host()
    {
        Assert.Equal(new Route.ToWorker("a"), await Router(known: "a", instanceAt: "a").OfInstanceAsync(Instance, Cancellation));
        var refused = Assert.IsType<Route.Refused>(await Router(known: "a").OfInstanceAsync(Instance, Cancellation));
        Assert.Equal(("instance-not-found", false), (refused.Failure.Code, refused.Failure.Retryable));
    }

    private static InstanceSpawning Spawning(string host) => new(Instance, "p", host, "vm");

    private static Router Router(string known, string? instanceAt = null) => new(new Directory(known, instanceAt));

    private sealed record Directory(string Known, string? InstanceAt, bool HasEnded = false) : IHostDirectory
    {
        public static InstanceNetworkReleased Ended { get; } = new(Instance, "forgotten", []);

        public Task<bool> IsKnownAsync(string host, CancellationToken cancellation) => Task.FromResult(host == Known);

        public Task<string?> HostOfInstanceAsync(Guid instanceId, CancellationToken cancellation) => Task.FromResult(InstanceAt);

        public Task<InstanceNetworkReleased?> ReleasedAsync(Guid instanceId, CancellationToken cancellation) => Task.FromResult(HasEnded ? Ended : null);
    }
}
