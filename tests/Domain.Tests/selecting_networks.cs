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

    private static ValueList<SelectedNetwork> Selected(ValueList<NetworkRequest> requested) => Accepted(requested, All);

    private static ValueList<SelectedNetwork> Accepted(ValueList<NetworkRequest> requested, Network[] all) =>
        Assert.IsType<Decision<SelectedNetwork>.Accepted>(NetworkSelection.For("project", requested, all)).Events;

    private static Refusal Refused(string code, ValueList<NetworkRequest> requested, Network[] all)
    {
        var refusal = Assert.IsType<Decision<SelectedNetwork>.Refused>(NetworkSelection.For("project", requested, all)).Refusal;
        Assert.Equal(code, refusal.Code);
        return refusal;
    }
}
