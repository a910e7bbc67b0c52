using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class selecting_networks
{
    private static readonly Network
        First = Given.Network("10.0.1.0/24", 1),
        Second = Given.Network("10.0.2.0/24", 2),
        Theirs = Given.Network("10.0.3.0/24", 3) with { ProjectId = "other" },
        Ours = Given.Network("10.0.4.0/24", 4) with { ProjectId = "project" };

    private static readonly Network[] All = [Ours, Theirs, Second, First];

    private static readonly Network
        Free100 = Tagged(100, null),
        Free101 = Tagged(101, null),
        Their102 = Tagged(102, "other"),
        Our103 = Tagged(103, "project"),
        Our104 = Tagged(104, "project");

    [Fact]
    public void without_a_wish_an_instance_gets_all_that_its_project_may_use_in_order_of_creation() =>
        Assert.Equal([First, Second, Ours], Selected([]).Select(selected => selected.Network));

    [Fact]
    public void networks_asked_for_come_in_the_order_asked_with_address_and_mac()
    {
        var selected = Selected([new(Second.Id.ToString(), "10.0.2.9", "fa:16:3e:00:00:01"), new("net1", null, null)]);

        Assert.Equal([new(Second, "10.0.2.9", "fa:16:3e:00:00:01"), new SelectedNetwork(First, null, null)], selected);
    }

    [Fact]
    public void one_network_may_be_asked_for_twice() =>
        Assert.Equal([First, First], Selected([new("net1", null, null), new("net1", null, null)]).Select(selected => selected.Network));

    [Theory, InlineData("net3"), InlineData("no-such"), InlineData("00000000-0000-0000-0000-000000000000"), InlineData("")]
    public void a_network_of_another_project_is_as_one_that_does_not_exist(string wish) => Refused("network-not-found", [new(wish, null, null)], All);

    [Fact]
    public void a_network_of_another_project_is_not_found_by_its_id_either() => Refused("network-not-found", [new(Theirs.Id.ToString(), null, null)], All);

    [Fact]
    public void a_project_without_networks_may_try_again_when_it_has_one() =>
        Assert.True(Refused("no-networks-found", [], [Theirs]).Retryable);

    [Fact]
    public void of_two_networks_with_one_label_the_older_is_found()
    {
        var namesake = Second with { Label = "net1" };

        Assert.Equal(First, Assert.Single(Accepted([new("net1", null, null)], [namesake, First])).Network);
    }

    [Fact]
    public void a_label_that_looks_like_an_id_is_found_but_an_id_comes_first()
    {
        var odd = Second with { Label = Guid.Empty.ToString("N") };
        var confusing = Second with { Label = First.Id.ToString() };

        Assert.Equal(odd, NetworkSelection.Find(odd.Label, [First, odd]));
        Assert.Equal(First, NetworkSelection.Find(First.Id.ToString(), [confusing, First]));
        Assert.Equal(First, NetworkSelection.Find(First.Id.ToString().ToUpperInvariant(), [First]));
    }

    [Fact]
    public void with_a_flat_manager_a_vlan_comes_only_when_it_is_asked_for()
    {
        Assert.Equal([First], Selected([], [Free100, First, Our103]).Select(selected => selected.Network));
        Assert.Equal([Our103, Free100], Selected([new(Our103.Label, null, null), new(Free100.Label, null, null)], [Free100, First, Our103]).Select(selected => selected.Network));
        Refused("network-not-found", [new(Their102.Label, null, null)], [Their102, First]);
    }

    [Fact]
    public void a_lower_priority_comes_first_and_none_last_whatever_was_created_first() =>
        Assert.Equal([Second, Ours, First], Selected([], [First, Second with { Priority = 1 }, Ours with { Priority = 2 }]).Select(selected => Stripped(selected.Network)));

    [Fact]
    public void networks_of_one_call_come_in_the_order_of_their_ranges()
    {
        var made = Given.Networks(Given.Creation("10.5.0.0/16") with { Count = 12, Size = 256 });

        Assert.Equal(made, Selected([], [.. made.Reverse()]).Select(selected => selected.Network));
    }

    [Fact]
    public void with_vlan_manager_a_project_gets_all_its_own()
    {
        Assert.Equal([new(Our103, null, null), new SelectedNetwork(Our104, null, null)], Accepted([], [First, Our104, Free100, Their102, Our103], Vlans));
        Assert.Equal([Ours], Accepted([], [First, Ours, Free100], Vlans).Select(selected => selected.Network));
    }

    [Fact]
    public void with_vlan_manager_a_project_without_a_network_gets_the_first_that_is_free() =>
        Assert.Equal([new SelectedNetwork(Free100, null, null, IsFirstUse: true)], Accepted([], [First, Free101, Their102, Free100], Vlans));

    [Fact]
    public void with_vlan_manager_no_network_is_left_or_there_was_none_at_all()
    {
        Assert.True(Refused("no-more-networks", [], [Their102, First], Vlans).Retryable);
        Assert.True(Refused("no-networks-found", [], [First, Theirs], Vlans).Retryable);
    }

    [Fact]
    public void with_vlan_manager_only_the_projects_own_may_be_asked_for()
    {
        Assert.Equal([Our104, Our103], Accepted([new(Our104.Id.ToString(), null, null), new(Our103.Label, null, null)], [Our103, Our104, Free100], Vlans).Select(selected => selected.Network));
        foreach (var other in new[] { Free100, Their102, First })
            Refused("network-not-found", [new(other.Id.ToString(), null, null)], [Our103, other], Vlans);
    }

    private const NetworkManagerKind Flat = NetworkManagerKind.FlatDHCPManager, Vlans = NetworkManagerKind.VlanManager;

    private static Network Tagged(int vlan, string? project) => Given.Network(Given.Creation($"10.1.{vlan}.0/24") with
    {
        Id = Given.Id(vlan),
        Label = "vlan" + vlan,
        BridgeInterface = "eth1",
        Vlan = Given.Vlans(id: vlan),
        ProjectId = project,
        Now = Given.Noon.AddSeconds(vlan),
    });

    private static Network Stripped(Network network) => network with { Priority = null };

    private static ValueList<SelectedNetwork> Selected(ValueList<NetworkRequest> requested, params Network[] all) => Accepted(requested, all.Length > 0 ? all : All);

    private static ValueList<SelectedNetwork> Accepted(ValueList<NetworkRequest> requested, Network[] all, NetworkManagerKind manager = Flat) =>
        Assert.IsType<Decision<SelectedNetwork>.Accepted>(NetworkSelection.For(manager, "project", requested, all)).Events;

    private static Refusal Refused(string code, ValueList<NetworkRequest> requested, Network[] all, NetworkManagerKind manager = Flat)
    {
        var refusal = Assert.IsType<Decision<SelectedNetwork>.Refused>(NetworkSelection.For(manager, "project", requested, all)).Refusal;
        Assert.Equal(code, refusal.Code);
        return refusal;
    }
}
