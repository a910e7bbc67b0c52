using NovaNetBus.Domain;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Ledger;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

public sealed class network_hosts_in_the_ledger : IAsyncLifetime
{
    private readonly TestLedger ledger = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private NetworkHosts NetworkHosts => ledger.NetworkHosts;

    public ValueTask InitializeAsync() => ledger.InitializeAsync();

    public ValueTask DisposeAsync() => ledger.DisposeAsync();

    [Fact]
    public async Task a_heartbeat_answers_with_what_the_host_has_to_do()
    {
        var network = await SingleAsync("10.1.0.0/24");
        Assert.Empty(await BeatAsync("host-a"));

        await CarryAsync(new NetworkMove(network.Id, null, "host-a", "first", MoveKind.Place));
        Assert.Equal(new NetworkDuty(network.Id, NetworkTask.Serve, 1, true), Assert.Single(await BeatAsync("host-a")));

        await CarryAsync(new NetworkMove(network.Id, "host-a", "host-b", "drain", MoveKind.HandOver));
        Assert.Equal(NetworkTask.Serve, Assert.Single(await BeatAsync("host-a")).Task);
        Assert.Equal(new NetworkDuty(network.Id, NetworkTask.Prepare, 1, false), Assert.Single(await BeatAsync("host-b")));

        await NetworkHosts.ReadyAsync([network.Id], "host-b", TestLedger.Now, Cancellation);
        Assert.Equal(NetworkTask.GiveOver, Assert.Single(await BeatAsync("host-a")).Task);

        Assert.Equal("host-b", Assert.Single(await NetworkHosts.YieldAsync([network.Id], "host-a", TestLedger.Now, Cancellation)).Host);
        Assert.Empty(await BeatAsync("host-a"));
        Assert.Equal(new NetworkDuty(network.Id, NetworkTask.Serve, 2, true), Assert.Single(await BeatAsync("host-b")));
        Assert.Empty(await NetworkHosts.YieldAsync([network.Id], "host-a", TestLedger.Now, Cancellation));
    }

    [Fact]
    public async Task a_network_is_taken_only_from_a_host_that_has_given_no_sign_since_it_was_counted_as_silent()
    {
        var network = await SingleAsync("10.1.0.0/24");
        await CarryAsync(new NetworkMove(network.Id, null, "host-a", "first", MoveKind.Place));
        await BeatAsync("host-a");
        var seen = await SignsAsync();

        await BeatAsync("host-a");
        Assert.Empty(await NetworkHosts.CarryAsync([Taken(network)], seen, TestLedger.Now, Origin, Cancellation));
        Assert.Equal(Taken(network), Assert.Single(await NetworkHosts.CarryAsync([Taken(network)], await SignsAsync(), TestLedger.Now, Origin, Cancellation)));
        Assert.Empty(await BeatAsync("host-a"));
    }

    [Fact]
    public async Task a_heartbeat_that_comes_while_its_networks_are_taken_hears_that_they_are_gone()
    {
        var networks = await Task.WhenAll(Enumerable.Range(1, 20).Select(number => SingleAsync($"10.{number}.0.0/24")));
        await NetworkHosts.CarryAsync([.. networks.Select(network => new NetworkMove(network.Id, null, "host-a", "first", MoveKind.Place))], new Dictionary<string, DateTimeOffset?>(), TestLedger.Now, Origin, Cancellation);
        for (var round = 0; round < 10; round++)
        {
            await BeatAsync("host-a");
            var seen = await SignsAsync();
            var taking = NetworkHosts.CarryAsync([.. networks.Select(Taken)], seen, TestLedger.Now, Origin, Cancellation);
            var duties = await BeatAsync("host-a");
            var taken = await taking;

            // Either all were taken and the heartbeat hears of none, or it came first and none was taken.
            Assert.Equal(taken.Count == 0 ? 20 : 0, duties.Count);
            if (taken.Count > 0)
            {
                return;
            }
        }
    }

    [Fact]
    public async Task whoever_takes_over_hears_of_the_instances_that_wait_for_it_and_who_asked_for_them()
    {
        var network = await SingleAsync("10.1.0.0/24");
        await CarryAsync(new NetworkMove(network.Id, null, "host-a", "first", MoveKind.Place));
        await BeatAsync("host-a");
        var (asked, unasked) = (Guid.NewGuid(), Guid.NewGuid());
        foreach (var (instance, asker) in new[] { (asked, new Asker("replies", "7")), (unasked, null) })
        {
            await ledger.SpawnAsync(instance, "host-p");
            await ledger.Instances.ConfiguredAsync(instance, 1, true, TestLedger.Now, TestLedger.OriginOf("host-p", $"message-{instance}") with { Asker = asker }, Cancellation);
        }

        Assert.Empty(await ledger.HostViews.WaitingForAsync("host-b", Cancellation));
        Assert.Single(await NetworkHosts.CarryAsync([Taken(network)], await SignsAsync(), TestLedger.Now, Origin, Cancellation));

        var waiting = (await ledger.HostViews.WaitingForAsync("host-b", Cancellation)).ToDictionary(one => one.InstanceId);
        Assert.Equal(new WaitingInstance(asked, $"message-{asked}", new Asker("replies", "7")), waiting[asked]);
        Assert.Equal(new WaitingInstance(unasked, null, null), waiting[unasked]);
    }

    [Fact]
    public async Task a_drained_host_is_empty_and_may_serve_again_when_its_worker_starts_anew()
    {
        await ledger.Hosts.JoinAsync("host-a", TestLedger.Settings, "/var/lib/novanet", TestLedger.Now, Cancellation);
        var network = await SingleAsync("10.1.0.0/24");
        await CarryAsync(new NetworkMove(network.Id, null, "host-a", "first", MoveKind.Place));

        var refused = await NetworkHosts.DrainAsync("host-a", [Standing("host-a")], TestLedger.Now, Origin, Cancellation);
        Assert.Equal("no-network-host", Assert.IsType<Decision<NetworkMove>.Refused>(refused).Refusal.Code);
        Assert.False((await ledger.Hosts.ListAsync(Cancellation)).Single().IsDrained);

        var drained = await NetworkHosts.DrainAsync("host-a", [Standing("host-a"), Standing("host-b")], TestLedger.Now, Origin, Cancellation);
        Assert.Equal(("host-a", "host-b"), (Assert.IsType<Decision<NetworkMove>.Accepted>(drained).Events[0].From, Assert.IsType<Decision<NetworkMove>.Accepted>(drained).Events[0].To));
        Assert.True((await ledger.Hosts.ListAsync(Cancellation)).Single().IsDrained);
        Assert.Equal(NetworkTask.Prepare, Assert.Single(await BeatAsync("host-b")).Task);

        await ledger.Hosts.JoinAsync("host-a", TestLedger.Settings, "/var/lib/novanet", TestLedger.Now, Cancellation);
        Assert.False((await ledger.Hosts.ListAsync(Cancellation)).Single().IsDrained);
        Assert.Equal("host-not-found", Assert.IsType<Decision<NetworkMove>.Refused>(await NetworkHosts.DrainAsync("host-x", [], TestLedger.Now, Origin, Cancellation)).Refusal.Code);
    }

    private static Origin Origin => TestLedger.OriginOf("scheduler");

    private static NetworkMove Taken(Network network) => new(network.Id, "host-a", "host-b", "silent", MoveKind.TakeOver);

    private static HostStanding Standing(string host) => new(host, true, TimeSpan.Zero, TimeSpan.Zero, true, false);

    private Task<IReadOnlyList<NetworkDuty>> BeatAsync(string host) => ledger.Hosts.HeartbeatAsync(new HostReport(host, "0.1.0", 0, 0, true), Cancellation);

    private async Task<Dictionary<string, DateTimeOffset?>> SignsAsync()
    {
        await ledger.Hosts.JoinAsync("host-a", TestLedger.Settings, "/var/lib/novanet", TestLedger.Now, Cancellation);
        return (await NetworkHosts.ReadAsync(Cancellation)).Hosts.ToDictionary(host => host.Host, host => host.LastSeen);
    }

    private async Task CarryAsync(NetworkMove move) =>
        Assert.Equal([move], await NetworkHosts.CarryAsync([move], new Dictionary<string, DateTimeOffset?>(), TestLedger.Now, Origin, Cancellation));

    private Task<Network> SingleAsync(string cidr) => ledger.CreateNetworkAsync(cidr, cidr, multiHost: false);
}
