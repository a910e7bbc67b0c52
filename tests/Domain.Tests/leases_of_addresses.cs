using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>What DHCP servers were seen to do, and what follows from it for who may have an address.</summary>
public sealed class leases_of_addresses
{
    private static readonly DateTimeOffset Later = Given.Noon.AddHours(1);

    private readonly Network network = Given.Network("10.0.0.0/29", shareAddress: true);
    private readonly MemoryLedger ledger;
    private readonly Spawn spawn;

    public leases_of_addresses()
    {
        ledger = new MemoryLedger(network);
        spawn = Given.Spawn(networks: [Given.Asking(network, "10.0.0.5")]);
        ledger.Spawn(spawn);
        ledger.Configured(spawn, 1);
    }

    [Fact]
    public void one_begins_goes_on_and_ends_and_what_is_told_twice_is_recorded_once()
    {
        Assert.IsType<FixedIpLeaseStarted>(Single(Seen(Own, Later)));
        Assert.Empty(Events(Seen(Own, Later)));
        Assert.True(Address().IsLeased(Given.Noon));
        Assert.False(Address().IsLeased(Later));

        Assert.IsType<FixedIpLeaseRenewed>(Single(Seen(Own, Later.AddHours(1))));
        Assert.Empty(Events(Seen(Own, Later)));

        Assert.IsType<FixedIpLeaseEnded>(Single(Seen(Own, null)));
        Assert.Empty(Events(Seen(Own, null)));
        Assert.False(Address().IsLeased(Given.Noon));
        Assert.Equal(FixedIpStatus.Allocated, Address().Status);
    }

    [Fact]
    public void a_lease_that_is_left_to_run_keeps_its_address_until_it_ends()
    {
        Seen(Own, Later);
        ledger.Delete(spawn);
        ledger.Released(spawn, endsLeases: false);

        Assert.Equal(InstanceStatus.Released, ledger.State(spawn).Status);
        Assert.Equal(FixedIpStatus.LetGo, Address().Status);
        Assert.Equal("fixed-ip-already-in-use", Asks(2));

        Assert.Equal([typeof(FixedIpLeaseEnded), typeof(FixedIpReleased)], Events(Seen(Own, null)).Select(change => change.GetType()));
        Assert.Null(Asks(3));
    }

    [Fact]
    public void an_address_that_was_never_on_lease_is_free_at_once_also_when_leases_are_left_to_run()
    {
        ledger.Delete(spawn);
        ledger.Released(spawn, endsLeases: false);
        Assert.Equal(FixedIpStatus.Released, Address().Status);
    }

    [Fact]
    public void an_address_whose_host_has_not_let_go_is_not_freed_by_the_end_of_its_lease()
    {
        Seen(Own, Later);
        ledger.Delete(spawn);
        Seen(Own, null);
        Assert.Equal(FixedIpStatus.Deallocated, Address().Status);
        ledger.Released(spawn, endsLeases: false);
        Assert.Equal(FixedIpStatus.Released, Address().Status);
    }

    [Fact]
    public void a_lease_that_is_known_to_run_keeps_a_free_address_from_every_other_mac_address()
    {
        Seen(Own, Later);
        ledger.Delete(spawn);
        ledger.Released(spawn, endsLeases: true);

        Assert.Equal(FixedIpStatus.Released, Address().Status);
        Assert.Equal("fixed-ip-already-in-use", Asks(2));
        var given = Enumerable.Range(3, 5).Select(number => ledger.Spawn(Given.Spawn(number))).OfType<InstanceDecision.Decided>().Select(decided => decided.Blocks.Single().Event.Address);
        Assert.DoesNotContain(Given.Ip("10.0.0.5"), given);
        Assert.IsType<InstanceDecision.Decided>(ledger.Spawn(Given.Spawn(9, networks: [Given.Asking(network, "10.0.0.5", Own.ToString())])));
    }

    [Fact]
    public void a_lease_that_has_run_out_unseen_keeps_nobody_away()
    {
        Seen(Own, Later);
        ledger.Delete(spawn);
        ledger.Released(spawn, endsLeases: true);
        var late = Given.Spawn(2, networks: [Given.Asking(network, "10.0.0.5")]) with { Now = Later };
        Assert.IsType<InstanceDecision.Decided>(ledger.Spawn(late));
    }

    [Fact]
    public void what_is_told_late_of_an_earlier_owner_takes_nothing_from_the_next()
    {
        var before = Own;
        Seen(before, Later);
        Seen(before, null);
        ledger.Delete(spawn);
        ledger.Released(spawn);
        Assert.Null(Asks(2));

        Assert.Empty(Events(Seen(before, null)));
        Assert.Equal(FixedIpStatus.Allocated, Address().Status);
        Assert.Empty(Events(Seen(before, Given.Noon)));
    }

    [Fact]
    public void each_host_has_leases_of_its_own()
    {
        Seen(Own, Later);
        Assert.IsType<FixedIpLeaseStarted>(Single(Seen(Own, Later, "host-b")));
        Seen(Own, null);
        Assert.True(Address().IsLeased(Given.Noon));
        Seen(Own, null, "host-b");
        Assert.False(Address().IsLeased(Given.Noon));
    }

    [Fact]
    public void an_address_that_nobody_has_may_be_seen_on_lease_all_the_same()
    {
        var stray = MacAddress.Parse("fa:16:3e:99:99:99");
        Decide(new LeaseSeen(Given.Ip("10.0.0.6"), stray, "host-a", Later, Given.Noon));
        Assert.Equal("fixed-ip-already-in-use", Asks(2, "10.0.0.6"));
        Assert.Equal(InstanceDecision.Unchanged, Decide(new LeaseSeen(Given.Ip("192.0.2.1"), stray, "host-a", Later, Given.Noon)));
    }

    private MacAddress Own => ledger.State(spawn).Ports[0].Mac;

    private FixedIp Address() => ledger.Used(network).Single(used => used.Address == Given.Ip("10.0.0.5"));

    private InstanceDecision Seen(MacAddress mac, DateTimeOffset? expires, string host = "host-a") => Decide(new LeaseSeen(Given.Ip("10.0.0.5"), mac, host, expires, Given.Noon));

    private InstanceDecision Decide(LeaseSeen seen) => ledger.Do(Guid.Empty, seen.Host, situation => LeaseDecisions.Seen(seen, situation));

    /// <summary>The code of the refusal; null: it has it.</summary>
    private string? Asks(int instance, string address = "10.0.0.5") =>
        (ledger.Spawn(Given.Spawn(instance, networks: [Given.Asking(network, address)])) as InstanceDecision.Refused)?.Refusal.Code;

    private static IEnumerable<FixedIpEvent> Events(InstanceDecision decision) => Assert.IsType<InstanceDecision.Decided>(decision).Blocks.Select(change => change.Event);

    private static FixedIpEvent Single(InstanceDecision decision) => Assert.Single(Events(decision));
}
