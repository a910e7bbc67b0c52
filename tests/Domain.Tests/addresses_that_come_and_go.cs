using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>Fixed IPs that an instance gets and loses while it runs.</summary>
public sealed class addresses_that_come_and_go
{
    private readonly Network network = Given.Network();
    private readonly Network other = Given.Network("10.0.1.0/24", 2, shareAddress: true);
    private readonly MemoryLedger ledger;
    private readonly Spawn spawn;

    public addresses_that_come_and_go()
    {
        ledger = new MemoryLedger(network, other);
        spawn = Given.Spawn(networks: [Given.Asking(network)]);
        ledger.Spawn(spawn);
        ledger.Configured(spawn, 1);
    }

    [Fact]
    public void a_further_address_of_a_network_goes_on_the_nic_that_is_there()
    {
        var first = State.Ports[0];
        Decided(Add(network));

        Assert.Equal((InstanceStatus.Allocated, 2), (State.Status, State.Generation));
        Assert.Equal(2, State.Ports.Count);
        Assert.Equal((first.VifId, first.PortName, first.Mac), (State.Ports[1].VifId, State.Ports[1].PortName, State.Ports[1].Mac));
        Assert.NotEqual(first.Address, State.Ports[1].Address);
        Assert.Equal([first.Mac, first.Mac], Held().Select(used => used.Mac!.Value));

        ledger.Configured(spawn, 2);
        Assert.Equal(InstanceStatus.Configured, State.Status);
    }

    [Fact]
    public void dhcp_offers_a_nic_its_first_address_only_and_the_next_when_that_is_gone()
    {
        Decided(Add(network));
        var (first, second) = (State.Ports[0].Address, State.Ports[1].Address);
        Assert.Equal([(first, true), (second, false)], ServedPort.Of(State).Select(port => (port.Address, port.IsOffered)));

        Decided(Remove(first.ToString()));
        Assert.Equal([(second, true)], ServedPort.Of(State).Select(port => (port.Address, port.IsOffered)));
        Assert.Equal([(first, true)], ServedPort.LeavingOf(State).Select(port => (port.Address, port.IsOffered)));
    }

    [Fact]
    public void an_address_of_another_network_comes_with_a_nic_of_its_own()
    {
        Decided(Add(other));

        Assert.Equal([network.Id, other.Id], State.Ports.Select(port => port.NetworkId));
        Assert.NotEqual(State.Ports[0].VifId, State.Ports[1].VifId);
        Assert.NotEqual(State.Ports[0].Mac, State.Ports[1].Mac);
    }

    [Fact]
    public void the_addresses_of_one_nic_stay_together()
    {
        Decided(Add(other));
        Decided(Add(network, seed: 3));
        Assert.Equal([network.Id, network.Id, other.Id], State.Ports.Select(port => port.NetworkId));
    }

    [Fact]
    public void an_address_that_is_removed_is_free_when_the_host_has_let_go_and_not_before()
    {
        Decided(Add(network));
        ledger.Configured(spawn, 2);
        var address = State.Ports[0].Address;

        Decided(Remove(address.ToString()));

        Assert.Equal((InstanceStatus.Allocated, 3, 1), (State.Status, State.Generation, State.Ports.Count));
        Assert.Equal(FixedIpStatus.Deallocated, Held().Single(used => used.Address == address).Status);
        Assert.Equal(InstanceDecision.Unchanged, Remove(address.ToString()));

        ledger.Configured(spawn, 3);
        Assert.Empty(State.Leaving);
        Assert.DoesNotContain(Held(), used => used.Address == address);
        Assert.Equal("fixed-ip-not-found-for-specific-instance", Refused(Remove(address.ToString())));
    }

    [Fact]
    public void a_message_with_an_id_is_followed_once()
    {
        Decided(Add(network, request: "message-1"));
        ledger.Configured(spawn, 2);
        Assert.Equal(InstanceDecision.Unchanged, Add(network, seed: 3, request: "message-1"));
        var address = State.Ports[1].Address.ToString();
        Decided(Remove(address, request: "message-2"));
        ledger.Configured(spawn, 3);
        Assert.Equal(InstanceDecision.Unchanged, Remove(address, request: "message-2"));

        Decided(Add(network, seed: 4, request: "message-3"));
        Assert.Equal(2, State.Ports.Count);
    }

    [Fact]
    public void an_addition_that_the_host_cannot_follow_leaves_nothing_allocated()
    {
        var before = State.Ports;
        Decided(Add(network));
        Do(situation => FixedIpChanges.Withdrawn(2, situation, Given.Noon));

        Assert.Equal((before, 1), (State.Ports, State.Leaving.Count));
        ledger.Configured(spawn, 3);
        Assert.Single(Held());
        Assert.Equal(InstanceDecision.Unchanged, Do(situation => FixedIpChanges.Withdrawn(3, situation, Given.Noon)));
    }

    [Fact]
    public void a_spawning_that_the_host_cannot_follow_leaves_nothing_allocated_and_may_come_again()
    {
        var failing = Given.Spawn(2, networks: [Given.Asking(other, "10.0.1.77", "fa:16:3e:00:00:77")]);
        ledger.Spawn(failing);
        ledger.Do(failing.InstanceId, "host-a", situation => InstanceDecisions.Withdrawn(failing, 1, new Refusal("host-configuration-failed", "no such NIC", true), situation));

        var state = ledger.State(failing);
        Assert.Equal((InstanceStatus.Failed, "host-configuration-failed", 0, 1), (state.Status, state.Failure?.Code, state.Ports.Count, state.Leaving.Count));
        Assert.Equal("mac-address-in-use", Refused(ledger.Spawn(Given.Spawn(3, networks: [Given.Asking(other, mac: "fa:16:3e:00:00:77")]))));

        ledger.Configured(failing, 1);
        Assert.Empty(ledger.State(failing).Leaving);
        Assert.DoesNotContain(ledger.Used(other), used => used.Status != FixedIpStatus.Released);
        Decided(ledger.Spawn(failing));
        Assert.Equal("10.0.1.77", ledger.State(failing).Ports[0].Address.ToString());
    }

    [Fact]
    public void a_deletion_in_between_frees_what_was_leaving_too()
    {
        Decided(Add(network));
        Decided(Remove(State.Ports[0].Address.ToString()));
        ledger.Delete(spawn);
        Assert.All(Held(), used => Assert.Equal(FixedIpStatus.Deallocated, used.Status));
        ledger.Released(spawn);
        Assert.Empty(Held());
        Assert.Empty(State.Leaving);
    }

    [Fact]
    public void who_has_no_network_or_is_elsewhere_gets_and_loses_nothing()
    {
        Assert.Equal("instance-not-found", Refused(Add(network, instance: 9)));
        Assert.Equal("invalid-message", Refused(Add(network, host: "host-b")));
        Assert.Equal("network-not-found", Refused(Do(situation => FixedIpChanges.Add(Command(network) with { Network = "none" }, situation))));
        Assert.Equal("fixed-ip-invalid", Refused(Remove("10.0.0")));
        Assert.Equal("fixed-ip-not-found-for-specific-instance", Refused(Remove("10.0.0.200")));
        ledger.Delete(spawn);
        Assert.Equal("instance-deleted", Refused(Add(network)));
        Assert.Equal("instance-deleted", Refused(Remove("10.0.0.200")));
        Assert.Equal(InstanceStatus.Releasing, State.Status);
    }

    [Fact]
    public void a_network_without_a_free_address_adds_none_and_the_instance_stays_as_it_is()
    {
        var small = Given.Network("10.0.2.0/29", 3, shareAddress: true);
        var full = new MemoryLedger(small);
        for (var number = 1; number <= 5; number++)
            full.Spawn(Given.Spawn(number));
        var before = full.State(Given.Spawn(1));

        var decision = full.Do(Given.Spawn(1).InstanceId, "host-a", situation => FixedIpChanges.Add(Command(small), situation));

        Assert.Equal("no-more-fixed-ips", Refused(decision));
        Assert.Equal(before, full.State(Given.Spawn(1)));
    }

    private InstanceNetwork State => ledger.State(spawn);

    private IEnumerable<FixedIp> Held() => ledger.Networks.SelectMany(ledger.Used).Where(used => used.InstanceId == spawn.InstanceId);

    private AddFixedIp Command(Network wanted, int seed = 2, string? request = null, string host = "host-a", int instance = 1) =>
        new(Given.Spawn(instance).InstanceId, host, wanted.Id.ToString(), request, Given.Seed(seed), Given.Noon);

    private InstanceDecision Add(Network wanted, int seed = 2, string? request = null, string host = "host-a", int instance = 1) =>
        ledger.Do(Given.Spawn(instance).InstanceId, host, situation => FixedIpChanges.Add(Command(wanted, seed, request, host, instance), situation));

    private InstanceDecision Remove(string address, string? request = null) =>
        Do(situation => FixedIpChanges.Remove(new RemoveFixedIp(spawn.InstanceId, "host-a", address, request, Given.Noon), situation));

    private InstanceDecision Do(Func<InstanceSituation, InstanceDecision> ask) => ledger.Do(spawn.InstanceId, "host-a", ask);

    private static void Decided(InstanceDecision decision) => Assert.NotEmpty(Assert.IsType<InstanceDecision.Decided>(decision).Instance);

    private static string Refused(InstanceDecision decision) => Assert.IsType<InstanceDecision.Refused>(decision).Refusal.Code;
}
