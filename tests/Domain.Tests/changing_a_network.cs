using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class changing_a_network
{
    private static readonly Network
        Free = Given.Network(Given.Creation() with { MultiHost = false }),
        Owned = Free with { ProjectId = "red" },
        Tagged = Given.Network(Given.Creation() with { BridgeInterface = "eth1", Vlan = Given.Vlans(), ProjectId = "red" });

    [Fact]
    public void a_project_is_set_changed_and_cleared()
    {
        Assert.Equal("red", After(Free, Change(project: "red")).ProjectId);
        Assert.Equal("blue", After(Owned, Change(project: "blue")).ProjectId);
        Assert.Null(After(Owned, Change(noProject: true)).ProjectId);
        Assert.Equal([new NetworkUnassigned(Owned.Id, "red", Given.Noon)], Accepted(Owned, Change(noProject: true)));
    }

    [Fact]
    public void a_host_is_set_at_once_and_gives_the_network_over_by_itself_when_another_or_none_is_to_serve_it()
    {
        var served = After(Free, Change(host: "host-a"));

        Assert.Equal("host-a", served.Host);
        Assert.Equal(new HostMove("host-b", false, "an operator said so"), After(served, Change(host: "host-b")).Move);
        Assert.Equal(new HostMove(null, true, "an operator said so"), After(served, Change(noHost: true)).Move);
    }

    [Fact]
    public void both_are_changed_by_one_call()
    {
        var changed = After(Owned, Change(project: "blue", host: "host-a"));

        Assert.Equal(("blue", "host-a"), (changed.ProjectId, changed.Host));
    }

    [Fact]
    public void what_is_so_already_is_no_event()
    {
        Assert.Empty(Accepted(Owned, Change(project: "red")));
        Assert.Empty(Accepted(Owned with { Host = "host-a" }, Change(host: "host-a")));
        Assert.Empty(Accepted(Free, Change(noProject: true, noHost: true)));
        Assert.Empty(Accepted(Free, Change()));
    }

    [Fact]
    public void to_set_and_to_clear_in_one_call_is_refused()
    {
        Assert.Equal("invalid-request", Refused(Owned, Change(project: "red", noProject: true)));
        Assert.Equal("invalid-request", Refused(Owned, Change(host: "host-a", noHost: true)));
    }

    [Fact]
    public void no_single_host_serves_a_network_that_each_host_serves() => Assert.Equal("invalid-request", Refused(Free with { MultiHost = true }, Change(host: "host-a")));

    [Fact]
    public void a_project_has_a_name() => Assert.Equal("invalid-request", Refused(Free, Change(project: "re\nd")));

    [Fact]
    public void a_vlan_changes_hands_only_when_no_instance_has_an_address_of_it()
    {
        Assert.Equal("network-in-use", Refused(Tagged, Change(noProject: true), 1));
        Assert.Equal("network-in-use", Refused(Tagged, Change(project: "blue"), 1));
        Assert.Null(After(Tagged, Change(noProject: true)).ProjectId);
        Assert.Empty(Accepted(Tagged, Change(project: "red"), 1));
        Assert.Null(After(Owned, Change(noProject: true), 1).ProjectId);
    }

    [Fact]
    public void a_network_of_a_project_or_in_use_is_not_deleted()
    {
        Assert.Equal("network-has-project", Assert.IsType<Decision<NetworkEvent>.Refused>(NetworkDecisions.Delete(Owned, 0, Given.Noon)).Refusal.Code);
        Assert.Equal("network-in-use", Assert.IsType<Decision<NetworkEvent>.Refused>(NetworkDecisions.Delete(Free, 1, Given.Noon)).Refusal.Code);
        var deleted = Assert.Single(Assert.IsType<Decision<NetworkEvent>.Accepted>(NetworkDecisions.Delete(Free, 0, Given.Noon)).Events);
        Assert.Equal(new NetworkDeleted(Free.Id, Given.Noon), deleted);
        Assert.Null(Network.Evolve(Free, deleted));
    }

    [Fact]
    public void every_event_is_followed()
    {
        Assert.Equal(Free, Network.Evolve(null, new NetworkCreated(Free)));
        var changed = Network.Evolve(Tagged, new NetworkVpnChanged(Tagged.Id, Given.Ip("198.51.100.7"), 2000, Given.Noon))!;
        Assert.Equal(("198.51.100.7", 2000), (changed.VpnPublicAddress.ToString(), changed.VpnPublicPort));
    }

    [Fact]
    public void the_way_to_a_vpn_instance_is_changed_for_all_vlans_of_a_project()
    {
        Network[] all = [Vpn(1, "red", 1000), Vpn(2, "red", 1001), Vpn(3, "blue", 1002), Vpn(4, null, 2001), Free];

        Assert.Equal([(all[0].Id, 2000), (all[1].Id, 2002)], Changed("red", "192.0.2.10", 2000, all));
        Assert.Equal([(all[0].Id, 2001), (all[1].Id, 2002)], Changed("red", "198.51.100.7", 2001, all));
        Assert.Equal([(all[2].Id, 1000)], Changed("blue", "198.51.100.7", 1000, all));
        Assert.Empty(Changed("red", "192.0.2.10", 1000, all));
    }

    [Theory, InlineData("red", "192.0.2.10", 1002, "invalid-request"), InlineData("red", "192.0.2.10", 0, "invalid-request"), InlineData("red", "192.0.2.10", 65535, "invalid-request"),
     InlineData("red", "here", 1000, "invalid-address"), InlineData("green", "192.0.2.10", 1000, "network-not-found")]
    public void a_vpn_instance_is_reached_at_a_port_of_its_own(string project, string address, int port, string code)
    {
        Network[] all = [Vpn(1, "red", 1000), Vpn(2, "red", 1001), Vpn(3, "blue", 1002)];

        Assert.Equal(code, Assert.IsType<Decision<NetworkEvent>.Refused>(NetworkDecisions.ChangeVpn(project, address, port, all, Given.Noon)).Refusal.Code);
    }

    private static IEnumerable<(Guid Id, int Port)> Changed(string project, string address, int port, Network[] all) =>
        Assert.IsType<Decision<NetworkEvent>.Accepted>(NetworkDecisions.ChangeVpn(project, address, port, all, Given.Noon)).Events
            .Cast<NetworkVpnChanged>().Select(change => (change.NetworkId, change.PublicPort));

    private static Network Vpn(int id, string? project, int port) => Given.Network(Given.Creation($"10.2.{id}.0/24") with
    {
        Id = Given.Id(id),
        BridgeInterface = "eth1",
        Vlan = Given.Vlans(id: id, vpnStart: port),
        ProjectId = project,
    });

    private static ModifyNetwork Change(string? project = null, bool noProject = false, string? host = null, bool noHost = false) => new(project, noProject, host, noHost, Given.Noon);

    private static ValueList<NetworkEvent> Accepted(Network network, ModifyNetwork command, long uses = 0) =>
        Assert.IsType<Decision<NetworkEvent>.Accepted>(NetworkDecisions.Modify(network, command, uses)).Events;

    private static Network After(Network network, ModifyNetwork command, long uses = 0) => Accepted(network, command, uses).Aggregate(network, (state, change) => Network.Evolve(state, change)!);

    private static string Refused(Network network, ModifyNetwork command, long uses = 0) =>
        Assert.IsType<Decision<NetworkEvent>.Refused>(NetworkDecisions.Modify(network, command, uses)).Refusal.Code;
}
