using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class the_life_of_an_instance
{
    private readonly Network network = Given.Network();
    private readonly Network shared = Given.Network("10.0.1.0/24", 2, shareAddress: true);
    private readonly MemoryLedger ledger;

    public the_life_of_an_instance() => ledger = new MemoryLedger(network, shared);

    [Fact]
    public void spawning_gives_a_nic_on_each_network_with_its_address_recorded_at_the_block()
    {
        var command = Given.Spawn();

        var decided = Assert.IsType<InstanceDecision.Decided>(ledger.Spawn(command));

        var state = ledger.State(command);
        Assert.Equal((InstanceStatus.Allocated, 1, "host-a", "project", "vm1"), (state.Status, state.Generation, state.Host, state.ProjectId, state.Hostname));
        Assert.Equal([network.Id, shared.Id], state.Ports.Select(port => port.NetworkId));
        Assert.Null(state.ConfiguredAt);
        Assert.Equal(3, decided.Blocks.Count);
        var port = state.Ports[0];
        var used = Assert.Single(ledger.Used(network), used => used.Status == FixedIpStatus.Allocated);
        Assert.Equal(
            new FixedIp(port.Address, FixedIpStatus.Allocated, Given.Noon, command.InstanceId, port.VifId, port.Mac, "host-a", "project", "vm1"), used);
        Assert.Equal(Port.NameOf(port.VifId), port.PortName);
    }

    [Fact]
    public void a_message_that_comes_again_changes_nothing_before_and_after_it_was_configured()
    {
        var command = Given.Spawn();
        ledger.Spawn(command);
        var again = command with { Seed = Given.Seed(2), Now = Given.Noon.AddMinutes(1) };

        Assert.Equal(InstanceDecision.Unchanged, ledger.Spawn(again));
        ledger.Configured(command, 1);
        var before = ledger.State(command);

        Assert.Equal(InstanceDecision.Unchanged, ledger.Spawn(again));
        Assert.Equal(InstanceDecision.Unchanged, ledger.Configured(again, 1));
        Assert.Equal(before, ledger.State(command));
        Assert.Equal((InstanceStatus.Configured, Given.Noon.AddSeconds(1), 1), (before.Status, before.ConfiguredAt, before.Generation));
    }

    [Fact]
    public void configuring_another_generation_is_too_late()
    {
        var command = Given.Spawn();
        Assert.Equal(InstanceDecision.Unchanged, ledger.Configured(command, 1));
        ledger.Spawn(command);

        Assert.Equal(InstanceDecision.Unchanged, ledger.Configured(command, 2));
        ledger.Delete(command);
        Assert.Equal(InstanceDecision.Unchanged, ledger.Configured(command, 1));
        Assert.Equal(InstanceStatus.Releasing, ledger.State(command).Status);
    }

    [Fact]
    public void a_deletion_deallocates_and_only_the_hosts_word_releases()
    {
        var command = Given.Spawn();
        ledger.Spawn(command);
        ledger.Configured(command, 1);
        var addresses = InstanceDecisions.AddressesOf(ledger.State(command));

        Assert.IsType<InstanceDecision.Decided>(ledger.Delete(command));

        Assert.Equal((InstanceStatus.Releasing, 2), (ledger.State(command).Status, ledger.State(command).Generation));
        Assert.All(Held(), used => Assert.Equal(FixedIpStatus.Deallocated, used.Status));
        Assert.Equal(InstanceDecision.Unchanged, ledger.Delete(command));

        var released = Assert.IsType<InstanceDecision.Decided>(ledger.Released(command));

        Assert.Equal(addresses, Assert.IsType<InstanceNetworkReleased>(Assert.Single(released.Instance)).Addresses);
        Assert.Equal(InstanceStatus.Released, ledger.State(command).Status);
        Assert.Equal(2, ledger.State(command).Ports.Count);
        Assert.Empty(Held());
        Assert.Equal(InstanceDecision.Unchanged, ledger.Released(command));
        Assert.Equal(InstanceDecision.Unchanged, ledger.Delete(command));
    }

    [Fact]
    public void an_instance_that_was_deleted_does_not_come_back()
    {
        var command = Given.Spawn();
        ledger.Spawn(command);
        ledger.Delete(command);
        NotRecorded("instance-deleted", ledger.Spawn(command));
        ledger.Released(command);
        NotRecorded("instance-deleted", ledger.Spawn(command));
    }

    [Fact]
    public void a_deletion_that_overtakes_its_spawning_leaves_a_tombstone()
    {
        var command = Given.Spawn();

        Assert.IsType<InstanceDecision.Decided>(ledger.Delete(command));

        Assert.Equal(InstanceStatus.Released, ledger.State(command).Status);
        Assert.Empty(ledger.State(command).Ports);
        NotRecorded("instance-deleted", ledger.Spawn(command));
        Assert.Equal(InstanceDecision.Unchanged, ledger.Delete(command));
        Assert.Equal(InstanceDecision.Unchanged, ledger.Delete(command, "host-b"));
        Assert.Equal(InstanceDecision.Unchanged, ledger.Released(command));
        Assert.Empty(ledger.Blocks);
    }

    [Fact]
    public void only_the_host_of_an_instance_may_spawn_it_again_or_delete_it()
    {
        var command = Given.Spawn();
        ledger.Spawn(command);

        NotRecorded("invalid-message", ledger.Spawn(command with { Host = "host-b" }));
        NotRecorded("invalid-message", ledger.Delete(command, "host-b"));
        ledger.Delete(command);
        NotRecorded("invalid-message", ledger.Delete(command, "host-b"));
        Assert.Equal("host-a", ledger.State(command).Host);
    }

    [Fact]
    public void a_refused_instance_may_be_tried_again_anywhere_and_its_failure_is_forgotten()
    {
        var command = Given.Spawn(networks: new NetworkRequest("later", null, null));
        var refused = Recorded("network-not-found", ledger.Spawn(command));

        Assert.Equal(refused.Refusal, ledger.State(command).Failure);
        Assert.Equal((InstanceStatus.Failed, 0), (ledger.State(command).Status, ledger.State(command).Generation));
        Assert.Equal(InstanceDecision.Unchanged, ledger.Released(command));

        ledger.Spawn(command with { Networks = [], Host = "host-b" });

        Assert.Equal((InstanceStatus.Allocated, 1, "host-b"), (ledger.State(command).Status, ledger.State(command).Generation, ledger.State(command).Host));
        Assert.Null(ledger.State(command).Failure);
    }

    [Fact]
    public void deleting_a_refused_instance_ends_it()
    {
        var command = Given.Spawn(networks: new NetworkRequest("later", null, null));
        ledger.Spawn(command);
        ledger.Delete(command, "host-b");
        Assert.Equal((InstanceStatus.Released, "project"), (ledger.State(command).Status, ledger.State(command).ProjectId));
        NotRecorded("instance-deleted", ledger.Spawn(command));
    }

    [Fact]
    public void what_was_asked_for_is_what_is_given()
    {
        var command = Given.Spawn(networks: [Given.Asking(shared, "10.0.1.77", "fa:16:3e:aa:bb:cc"), Given.Asking(network, mac: "02:00:00:00:00:01")]);
        ledger.Spawn(command);

        var ports = ledger.State(command).Ports;
        Assert.Equal([shared.Id, network.Id], ports.Select(port => port.NetworkId));
        Assert.Equal(("10.0.1.77", "fa:16:3e:aa:bb:cc", "02:00:00:00:00:01"), (ports[0].Address.ToString(), ports[0].Mac.ToString(), ports[1].Mac.ToString()));
    }

    [Fact]
    public void neither_the_host_nor_another_nic_takes_an_address_that_the_same_instance_asks_for()
    {
        var lowest = FirstChoice();
        var command = Given.Spawn(networks: [Given.Asking(network), Given.Asking(network, lowest)]);
        Assert.IsType<InstanceDecision.Decided>(ledger.Spawn(command));

        Assert.Equal(lowest, ledger.State(command).Ports[1].Address.ToString());
        Assert.Equal(3, ledger.Used(network).Select(used => used.Address).Distinct().Count());
    }

    [Fact]
    public void nics_on_one_network_have_ids_names_addresses_and_macs_of_their_own()
    {
        var command = Given.Spawn(networks: [Given.Asking(network), Given.Asking(network), Given.Asking(network)]);
        ledger.Spawn(command);

        var ports = ledger.State(command).Ports;
        Assert.Equal(3, ports.DistinctBy(port => port.VifId).Count());
        Assert.Equal(3, ports.DistinctBy(port => port.PortName).Count());
        Assert.Equal(3, ports.DistinctBy(port => port.Address).Count());
        Assert.Equal(3, ports.DistinctBy(port => port.Mac).Count());
    }

    [Theory, InlineData("10.0.0.300", null, "fixed-ip-invalid"), InlineData("", null, "fixed-ip-invalid"), InlineData("10.0.9.9", null, "fixed-ip-not-found-for-network"),
     InlineData("10.0.0.1", null, "fixed-ip-not-found-for-network"), InlineData("10.0.0.255", null, "fixed-ip-not-found-for-network"),
     InlineData(null, "fa:16:3e", "invalid-mac-address"), InlineData(null, "ff:ff:ff:ff:ff:ff", "invalid-mac-address"), InlineData(null, "", "invalid-mac-address")]
    public void a_wish_that_cannot_be_met_is_refused_recorded_and_takes_nothing(string? address, string? mac, string code)
    {
        Recorded(code, ledger.Spawn(Given.Spawn(networks: [Given.Asking(shared), Given.Asking(network, address, mac)])));

        Assert.Empty(ledger.Blocks);
        Assert.Empty(ledger.Hosts);
    }

    [Fact]
    public void an_address_of_another_instance_is_refused()
    {
        ledger.Spawn(Given.Spawn(1, networks: Given.Asking(network, "10.0.0.50")));
        Recorded("fixed-ip-already-in-use", ledger.Spawn(Given.Spawn(2, networks: Given.Asking(network, "10.0.0.50"))));
    }

    [Fact]
    public void an_address_asked_for_twice_by_one_instance_is_refused() =>
        Recorded("fixed-ip-already-in-use", ledger.Spawn(Given.Spawn(networks: [Given.Asking(network, "10.0.0.50"), Given.Asking(network, "10.0.0.50")])));

    [Fact]
    public void a_mac_asked_for_twice_by_one_instance_is_refused() =>
        Recorded("mac-address-in-use", ledger.Spawn(Given.Spawn(networks: [Given.Asking(network, mac: "fa:16:3e:00:00:01"), Given.Asking(shared, mac: "FA:16:3E:00:00:01")])));

    [Fact]
    public void a_network_without_multi_host_has_no_host_that_serves_it()
    {
        var central = new MemoryLedger(network, Given.Network(Given.Creation("10.0.5.0/24") with { Id = Given.Id(5), MultiHost = false }));

        Assert.True(Recorded("no-network-host", central.Spawn(Given.Spawn())).Refusal.Retryable);
        Assert.Empty(central.Blocks);
    }

    [Fact]
    public void without_any_network_there_is_nothing_to_give() =>
        Assert.True(Recorded("no-networks-found", new MemoryLedger().Spawn(Given.Spawn())).Refusal.Retryable);

    [Fact]
    public void the_first_instance_of_a_network_brings_its_host_an_address_and_the_second_does_not()
    {
        var first = Assert.IsType<InstanceDecision.Decided>(ledger.Spawn(Given.Spawn(1)));
        var second = Assert.IsType<InstanceDecision.Decided>(ledger.Spawn(Given.Spawn(2)));

        var serves = Assert.Single(first.Hosts.OfType<HostServesNetwork>());
        Assert.Equal((network.Id, "host-a"), (serves.NetworkId, serves.Host));
        Assert.Empty(second.Hosts);
        var used = Assert.Single(ledger.Used(network), used => used.Status == FixedIpStatus.TakenByHost);
        Assert.Equal((serves.Address, "host-a", null), (used.Address, used.Host, used.InstanceId));
        Assert.Equal(serves.Address, ledger.Read("host-a").State.Addresses[network.Id]);
    }

    [Fact]
    public void each_host_has_an_address_of_its_own_and_two_nics_bring_only_one()
    {
        ledger.Spawn(Given.Spawn(1, "host-a", Given.Asking(network), Given.Asking(network)));
        ledger.Spawn(Given.Spawn(2, "host-b"));

        var taken = ledger.Used(network).Where(used => used.Status == FixedIpStatus.TakenByHost).ToList();
        Assert.Equal(["host-a", "host-b"], taken.Select(used => used.Host).Order());
        Assert.Equal(2, taken.Select(used => used.Address).Distinct().Count());
        Assert.DoesNotContain(ledger.Used(shared), used => used.Status == FixedIpStatus.TakenByHost);
    }

    [Fact]
    public void an_address_that_another_has_by_now_is_neither_deallocated_nor_released()
    {
        var command = Given.Spawn(networks: Given.Asking(network, "10.0.0.50"));
        ledger.Spawn(command);
        var key = new BlockKey(network.Id, new BlockLayout(network.Cidr).IndexOf(Given.Ip("10.0.0.50")));
        var theirs = ledger.Read(key).State.Evolve(new FixedIpTakenByHost(Given.Ip("10.0.0.50"), "host-b", Given.Noon));
        var situation = new InstanceSituation(
            ledger.State(command), Given.Host("host-a"), ledger.Networks, new Dictionary<BlockKey, Block> { [key] = theirs }, new Dictionary<Guid, int?>());

        Assert.Empty(Assert.IsType<InstanceDecision.Decided>(InstanceDecisions.Delete(command.InstanceId, situation, Given.Noon)).Blocks);
    }

    [Fact]
    public void an_instance_of_a_network_that_is_gone_can_still_be_deleted()
    {
        var command = Given.Spawn();
        ledger.Spawn(command);
        var situation = new InstanceSituation(ledger.State(command), Given.Host("host-a"), [], new Dictionary<BlockKey, Block>(), new Dictionary<Guid, int?>());

        Assert.IsType<InstanceDeletionRequested>(
            Assert.Single(Assert.IsType<InstanceDecision.Decided>(InstanceDecisions.Delete(command.InstanceId, situation, Given.Noon)).Instance));
    }

    private static InstanceDecision.Refused NotRecorded(string code, InstanceDecision decision)
    {
        var refused = Assert.IsType<InstanceDecision.Refused>(decision);
        Assert.Equal(code, refused.Refusal.Code);
        Assert.Null(refused.Event);
        return refused;
    }

    private static InstanceDecision.Refused Recorded(string code, InstanceDecision decision)
    {
        var refused = Assert.IsType<InstanceDecision.Refused>(decision);
        Assert.Equal((code, code, refused.Refusal.Message), (refused.Refusal.Code, refused.Event?.Code, refused.Event?.Message));
        return refused;
    }

    /// <summary>The address that this host would take first on the network.</summary>
    private string FirstChoice() =>
        BlockDecisions.NextFree(Block.Fresh(network.Id, new BlockLayout(network.Cidr).StartFor("host-a")), network, null, Given.Noon).ToString()!;

    private IEnumerable<FixedIp> Held() => ledger.Networks.SelectMany(ledger.Used).Where(used => used.InstanceId is not null);
}
