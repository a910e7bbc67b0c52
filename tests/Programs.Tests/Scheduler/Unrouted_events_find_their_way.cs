using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting.Options;
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
    public async Task a_deletion_of_an_instance_that_ended_with_its_host_is_told_to_be_done()
    {
        var route = await Router(known: "a", instanceAt: "forgotten", status: InstanceStatus.Released).OfDeletedAsync(new InstanceDeleted(Instance, "forgotten"), Cancellation);
        Assert.Equal((Instance, "forgotten"), (Assert.IsType<Route.Done>(route).Fact.InstanceId, ((Route.Done)route).Fact.Host));
    }

    [Fact]
    public async Task an_address_for_a_running_instance_is_asked_of_its_host()
    {
        Assert.Equal(new Route.ToWorker("a"), await Router(known: "a", instanceAt: "a").OfInstanceAsync(Instance, Cancellation));
        var refused = Assert.IsType<Route.Refused>(await Router(known: "a").OfInstanceAsync(Instance, Cancellation));
        Assert.Equal(("instance-not-found", false), (refused.Failure.Code, refused.Failure.Retryable));
    }

    [Fact]
    public async Task an_instance_for_a_host_without_a_worker_goes_to_who_acts_for_it_where_one_host_serves_each_of_its_networks()
    {
        Assert.Equal(new Route.ToWorker("acting"), await Router("a", networks: Single).OfSpawningAsync(Spawning("bare"), Cancellation));
        Assert.Equal(new Route.ToWorker("acting"), await Router("a", networks: [Single, Own]).OfSpawningAsync(Spawning("bare") with { Networks = [new RequestedNetwork("single")] }, Cancellation));
    }

    [Fact]
    public async Task one_that_wants_a_network_with_multi_host_too_is_refused_with_its_name()
    {
        var refused = Assert.IsType<Route.Refused>(await Router("a", networks: [Single, Own]).OfSpawningAsync(Spawning("bare"), Cancellation));

        Assert.Equal("host-not-found", refused.Failure.Code);
        Assert.Contains("network own (10.0.1.0/24) has multi_host", refused.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task one_that_wants_a_network_which_is_not_there_is_told_that() =>
        Assert.Equal("network-not-found", Assert.IsType<Route.Refused>(
            await Router("a", networks: Single).OfSpawningAsync(Spawning("bare") with { Networks = [new RequestedNetwork("none")] }, Cancellation)).Failure.Code);

    [Fact]
    public async Task what_is_about_an_instance_on_such_a_host_goes_to_who_acts_for_it()
    {
        var router = Router("a", instanceAt: "bare", isAttended: false, networks: Single);

        Assert.Equal(new Route.ToWorker("acting"), await router.OfInstanceAsync(Instance, Cancellation));
        Assert.Equal(new Route.ToWorker("acting"), await router.OfDeletedAsync(new InstanceDeleted(Instance, "bare"), Cancellation));
        Assert.Equal(new Route.ToWorker("acting"), await router.OfMigratedAsync(new InstanceMigrated(Instance, "bare", "bare-too"), Cancellation));
        Assert.Equal(new Route.ToWorker("a"), await router.OfMigratedAsync(new InstanceMigrated(Instance, "bare", "a"), Cancellation));
    }

    [Fact]
    public async Task an_instance_goes_to_such_a_host_by_the_one_that_has_it_unless_a_network_of_it_has_multi_host()
    {
        var moved = new InstanceMigrated(Instance, "a", "bare");

        Assert.Equal(new Route.ToWorker("a"), await Router("a", instanceAt: "a", networks: Single).OfMigratedAsync(moved, Cancellation));
        Assert.Equal("host-not-found", Assert.IsType<Route.Refused>(await Router("a", instanceAt: "a", networks: Own).OfMigratedAsync(moved, Cancellation)).Failure.Code);
    }

    [Fact]
    public async Task what_comes_right_behind_a_spawning_for_such_a_host_goes_where_that_has_gone()
    {
        var router = Router("a", networks: Single);
        var deletion = new InstanceDeleted(Instance, "bare");
        var unknown = await router.OfDeletedAsync(deletion, Cancellation);
        Assert.Equal(unknown, router.InTurn(unknown, Instance, deletion));

        var spawning = Spawning("bare");
        router.InTurn(await router.OfSpawningAsync(spawning, Cancellation), Instance, spawning);
        Assert.Equal(new Route.ToWorker("acting"), router.InTurn(unknown, Instance, deletion));
        Assert.Equal(unknown, router.InTurn(unknown, Guid.NewGuid(), deletion));
    }

    [Fact]
    public void spawnings_that_are_long_past_are_forgotten()
    {
        var recent = new RecentSpawnings();
        recent.Remember(Instance, "n");
        for (var other = 0; other < 10_000; other++)
            recent.Remember(Guid.NewGuid(), "n");
        Assert.Null(recent.Find(Instance));
    }

    [Fact]
    public async Task an_instance_that_could_not_have_its_network_there_ends_by_any_worker() =>
        Assert.Equal(new Route.ToWorker("acting"), await Router("a", instanceAt: "bare", status: InstanceStatus.Failed).OfDeletedAsync(new InstanceDeleted(Instance, "bare"), Cancellation));

    private static Network Single { get; } = NetworkOf("single", "10.0.0.0/24", multiHost: false) with { Host = "n" };

    private static Network Own { get; } = NetworkOf("own", "10.0.1.0/24", multiHost: true);

    private static Network NetworkOf(string label, string cidr, bool multiHost) => Assert.IsType<Decision<NetworkEvent>.Accepted>(NetworkDecisions.Create(
        new CreateNetworks
        {
            Id = Guid.NewGuid(),
            Label = label,
            Cidr = cidr,
            FixedRange = Cidr.Parse("10.0.0.0/8"),
            DefaultSize = 256,
            Bridge = "br100",
            MultiHost = multiHost,
            ShareAddress = true,
            EnableDhcp = true,
            Mtu = 1500,
            Now = DateTimeOffset.UnixEpoch,
        },
        [])).Events.OfType<NetworkCreated>().Single().Network;

    private static InstanceSpawning Spawning(string host) => new(Instance, "p", host, "vm");

    private static Router Router(string known, string? instanceAt = null, InstanceStatus status = InstanceStatus.Configured, bool isAttended = true, params Network[] networks) =>
        new(new Directory(known, instanceAt, status, isAttended, networks), new NovaNetOptions());

    private sealed record Directory(string Known, string? InstanceAt, InstanceStatus Status, bool IsAttended, Network[] Networks) : IHostDirectory
    {
        public Task<bool> IsKnownAsync(string host, CancellationToken cancellation) => Task.FromResult(host == Known);

        public Task<InstanceNetwork?> InstanceAsync(Guid instanceId, CancellationToken cancellation) => Task.FromResult(InstanceAt is null ? null : new InstanceNetwork(
            Instance, Status, "p", InstanceAt, "vm", Networks.Select(PortOn).ToValueList(), 1, null, DateTimeOffset.UnixEpoch, null)
        {
            IsAttended = IsAttended,
        });

        public Task<IReadOnlyList<Network>> NetworksAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<Network>>(Networks);

        public Task<string?> ActingForAsync(IReadOnlyList<Network> networks, CancellationToken cancellation) => Task.FromResult<string?>("acting");

        public Task<string?> ActingForAsync(Guid instanceId, CancellationToken cancellation) => Task.FromResult<string?>("acting");

        private static Port PortOn(Network network) => new(Guid.NewGuid(), "tap0", MacAddress.Parse("fa:16:3e:00:00:01"), network.Id, network.DhcpStart);
    }
}
