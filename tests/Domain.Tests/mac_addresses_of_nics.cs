using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class mac_addresses_of_nics
{
    private readonly Network network = Given.Network(shareAddress: true);
    private readonly Network sameBridge = Given.Network("10.0.1.0/24", 2, shareAddress: true);
    private readonly Network otherBridge = Given.Network(Given.Creation("10.0.2.0/24") with { Id = Given.Id(3), Label = "net3", Bridge = "br200", ShareAddress = true });
    private readonly MemoryLedger ledger;

    public mac_addresses_of_nics() => ledger = new MemoryLedger(network, sameBridge, otherBridge);

    [Fact]
    public void one_that_is_asked_for_is_given_once_on_its_segment_on_whatever_host()
    {
        Asks(1, network, "fa:16:3e:00:00:01");

        var refusal = Assert.IsType<InstanceDecision.Refused>(Asks(2, network, "FA:16:3E:00:00:01", "host-b")).Refusal;

        Assert.Equal("mac-address-in-use", refusal.Code);
        Assert.Contains("br100", refusal.Message, StringComparison.Ordinal);
        Assert.IsType<InstanceDecision.Refused>(Asks(3, sameBridge, "fa:16:3e:00:00:01"));
        Assert.IsType<InstanceDecision.Decided>(Asks(4, otherBridge, "fa:16:3e:00:00:01"));
        Assert.Single(ledger.Used(network));
    }

    [Fact]
    public void one_that_is_generated_gives_way_to_what_is_there()
    {
        var first = Given.Spawn(1, networks: [Given.Asking(network)]);
        ledger.Spawn(first);
        var twin = first with { InstanceId = Given.Id(102), Host = "host-b" };
        ledger.Spawn(twin);

        Assert.NotEqual(ledger.State(first).Ports[0].Mac, ledger.State(twin).Ports[0].Mac);
        Assert.StartsWith("fa:16:3e:", ledger.State(twin).Ports[0].Mac.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void one_is_free_again_when_the_host_has_let_go_of_its_nic()
    {
        var command = Given.Spawn(1, networks: [Given.Asking(network, mac: "fa:16:3e:00:00:01")]);
        ledger.Spawn(command);
        ledger.Delete(command);
        Assert.IsType<InstanceDecision.Refused>(Asks(2, network, "fa:16:3e:00:00:01"));
        ledger.Released(command);
        Assert.IsType<InstanceDecision.Decided>(Asks(2, network, "fa:16:3e:00:00:01"));
    }

    [Fact]
    public void of_two_who_decided_to_use_one_only_one_comes_through()
    {
        var (mine, yours) = (Given.Spawn(1, networks: [Given.Asking(network, "10.0.0.10", "fa:16:3e:00:00:01")]), Given.Spawn(2, "host-b", Given.Asking(network, "10.0.0.200", "fa:16:3e:00:00:01")));
        var (first, second) = (new Attempt(ledger, mine.InstanceId, "host-a"), new Attempt(ledger, yours.InstanceId, "host-b"));
        var decisions = (first.Decide(situation => InstanceDecisions.Spawn(mine, situation)), second.Decide(situation => InstanceDecisions.Spawn(yours, situation)));

        Assert.True(first.TryAppend(decisions.Item1));
        Assert.False(second.TryAppend(decisions.Item2));
        Assert.Equal("mac-address-in-use", Assert.IsType<InstanceDecision.Refused>(ledger.Spawn(yours)).Refusal.Code);
    }

    [Fact]
    public void draws_of_one_seed_differ_as_far_as_they_are_drawn() =>
        Assert.Equal(256, Enumerable.Range(0, 256).Select(draw => NewVif.MacOf(Given.Seed(1), 0, draw)).Distinct().Count());

    private InstanceDecision Asks(int instance, Network wanted, string mac, string host = "host-a") => ledger.Spawn(Given.Spawn(instance, host, Given.Asking(wanted, mac: mac)));
}
