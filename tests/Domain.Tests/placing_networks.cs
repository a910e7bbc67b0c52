using CsCheck;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class placing_networks
{
    private static readonly Gen<HostStanding[]> Hosts = Gen.Select(Gen.Bool, Gen.Int[0, 40], Gen.Int[0, 40], Gen.Bool, Gen.Bool).Array[0, 6]
        .Select(all => all.Select((it, place) => new HostStanding("host-" + place, it.Item1, TimeSpan.FromSeconds(it.Item1 ? it.Item2 / 3 : it.Item2), TimeSpan.FromSeconds(it.Item3 / 10 * 10), it.Item4, it.Item5)).ToArray());

    private static readonly Gen<Network[]> Networks = Gen.Select(Gen.Int[-1, 7], Gen.Int[-1, 7], Gen.Bool).Array[0, 12]
        .Select(all => all.Select((it, place) => Single(place, it.Item1 < 0 ? null : "host-" + it.Item1, it.Item2 < 0 || it.Item1 < 0 ? null : new HostMove("host-" + it.Item2, it.Item3, "wish"))).ToArray());

    [Fact]
    public void a_network_goes_to_the_host_that_serves_the_fewest()
    {
        var networks = new[] { Single(1, "host-a"), Single(2, "host-a"), Single(3, "host-b"), Single(4, null) };
        Assert.Equal("host-b", Assert.Single(Placement.Moves([Alive("host-a"), Alive("host-b")], networks)).To);
    }

    [Fact]
    public void one_that_is_on_its_way_weighs_where_it_is_going()
    {
        var networks = new[] { Single(1, "host-a", new HostMove("host-b", false, "wish")), Single(2, null) };
        Assert.Equal("host-a", Assert.Single(Placement.Moves([Alive("host-a"), Alive("host-b")], networks)).To);
    }

    [Fact]
    public void many_networks_of_a_dead_host_are_shared_out()
    {
        var networks = Enumerable.Range(1, 30).Select(number => Single(number, "host-a")).ToArray();
        var moves = Placement.Moves([Alive("host-a") with { Silence = HostLease.Takeover }, Alive("host-b"), Alive("host-c"), Alive("host-d")], networks);
        Assert.Equal([10, 10, 10], moves.GroupBy(move => move.To).Select(group => group.Count()));
        Assert.All(moves, move => Assert.Equal((MoveKind.TakeOver, "host-a", "host-a has not been heard of for 20 s"), (move.Kind, move.From, move.Reason)));
    }

    [Fact]
    public void a_host_that_is_silent_for_less_than_the_bound_keeps_its_networks()
    {
        var silent = Alive("host-a") with { IsAlive = false, Silence = HostLease.Takeover - TimeSpan.FromMilliseconds(1) };
        Assert.Empty(Placement.Moves([silent, Alive("host-b")], [Single(1, "host-a")]));
    }

    [Fact]
    public void the_host_that_was_making_itself_ready_takes_over()
    {
        var dead = Alive("host-a") with { IsAlive = false, Silence = HostLease.Takeover };
        var moves = Placement.Moves([dead, Alive("host-b"), Alive("host-c")], [Single(1, "host-a", new HostMove("host-c", false, "wish")), Single(2, "host-c"), Single(3, "host-c")]);
        Assert.Equal(("host-c", MoveKind.TakeOver), (Assert.Single(moves).To, moves[0].Kind));
    }

    [Fact]
    public void a_host_whose_queue_nobody_takes_from_gives_its_networks_over_itself()
    {
        var deaf = Alive("host-a") with { Unattended = HostLease.Takeover };
        var move = Assert.Single(Placement.Moves([deaf, Alive("host-b")], [Single(1, "host-a")]));
        Assert.Equal(("host-b", MoveKind.HandOver), (move.To, move.Kind));
    }

    [Fact]
    public void a_move_to_a_host_that_has_died_goes_elsewhere_and_without_another_the_network_stays()
    {
        var network = Single(1, "host-a", new HostMove("host-b", false, "drained"));
        var dead = Alive("host-b") with { IsAlive = false };
        var move = Assert.Single(Placement.Moves([Alive("host-a"), dead, Alive("host-c")], [network]));
        Assert.Equal(("host-c", "drained", MoveKind.HandOver), (move.To, move.Reason, move.Kind));
        Assert.Empty(Placement.Moves([Alive("host-a"), dead], [network]));
    }

    [Fact]
    public void networks_with_multi_host_are_left_alone() => Assert.Empty(Placement.Moves([Alive("host-a")], [Given.Network()]));

    [Fact]
    public void whatever_hosts_and_networks_there_are_only_hosts_that_may_serve_get_networks_and_asking_again_afterwards_changes_nothing() =>
        Gen.Select(Hosts, Networks).Sample((hosts, networks) =>
        {
            var moves = Placement.Moves(hosts, networks);
            Assert.All(moves, move => Assert.True(hosts.Single(host => host.Name == move.To).MayServe));
            Assert.All(moves, move => Assert.NotEqual(move.From, move.To));
            Assert.Equal(moves.Count, moves.Select(move => move.NetworkId).Distinct().Count());

            var after = networks.Select(network => moves.FirstOrDefault(move => move.NetworkId == network.Id) is { } move ? Done(network, move) : network).ToArray();
            Assert.Empty(Placement.Moves(hosts, after));
        });

    [Fact]
    public void the_order_in_which_hosts_are_known_does_not_matter() =>
        Gen.Select(Hosts, Networks).Sample((hosts, networks) =>
            Assert.Equal(Placement.Moves(hosts, networks), Placement.Moves([.. hosts.Reverse()], networks)));

    [Fact]
    public void of_equal_hosts_each_is_chosen_for_some_networks()
    {
        var hosts = new[] { Alive("host-a"), Alive("host-b"), Alive("host-c") };
        var chosen = Enumerable.Range(1, 300).Select(number => Placement.Choose(Given.Id(number), hosts, [])).CountBy(host => host ?? "nobody").ToList();
        Assert.Equal(3, chosen.Count);
        Assert.All(chosen, pair => Assert.InRange(pair.Value, 60, 140));
    }

    internal static Network Single(int number, string? host, HostMove? move = null) => Given.Network($"10.{number}.0.0/24", number) with { MultiHost = false, Host = host, Move = move };

    internal static HostStanding Alive(string name) => new(name, true, TimeSpan.Zero, TimeSpan.Zero, true, false);

    private static Network Done(Network network, NetworkMove move) => move.Kind == MoveKind.HandOver
        ? network with { Move = new HostMove(move.To, false, move.Reason) }
        : network with { Host = move.To, Move = null };
}
