using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class addresses_kept_back_and_reaped
{
    private readonly Network network = Given.Network("10.0.0.0/28");
    private readonly MemoryLedger ledger;

    public addresses_kept_back_and_reaped() => ledger = new MemoryLedger(network);

    [Fact]
    public void a_reserved_address_is_given_to_nobody_until_it_is_unreserved()
    {
        Assert.Null(Reserve("10.0.0.5"));
        Assert.Null(Reserve("10.0.0.5"));
        Assert.Equal("fixed-ip-not-found-for-network", CodeOf(ledger.Spawn(Given.Spawn(1, networks: [Given.Asking(network, "10.0.0.5")]))));
        var given = Enumerable.Range(2, 20).Select(number => ledger.Spawn(Given.Spawn(number))).OfType<InstanceDecision.Decided>().SelectMany(decided => decided.Blocks).Select(change => change.Event.Address).ToList();
        Assert.Equal(12, given.Count); // 16, but for network, gateway, broadcast and this one; the host has one of them
        Assert.DoesNotContain(Given.Ip("10.0.0.5"), given);

        Assert.Null(Unreserve("10.0.0.5"));
        Assert.Null(Unreserve("10.0.0.5"));
        Assert.IsType<InstanceDecision.Decided>(ledger.Spawn(Given.Spawn(30)));
    }

    [Fact]
    public void an_address_in_use_is_not_reserved()
    {
        ledger.Spawn(Given.Spawn(1, networks: [Given.Asking(network, "10.0.0.5")]));
        Assert.Equal("fixed-ip-already-in-use", Reserve("10.0.0.5"));
        ledger.Delete(Given.Spawn(1));
        Assert.Equal("fixed-ip-already-in-use", Reserve("10.0.0.5"));
        var ofHost = ledger.Used(network).Single(used => used.Status == FixedIpStatus.TakenByHost).Address.ToString();
        Assert.Equal("fixed-ip-already-in-use", Reserve(ofHost));
        Assert.Equal("fixed-ip-already-in-use", Unreserve(ofHost));
        ledger.Released(Given.Spawn(1));
        Assert.Null(Reserve("10.0.0.5"));
    }

    [Theory, InlineData("10.0.0", "fixed-ip-invalid"), InlineData("10.0.1.1", "fixed-ip-not-found-for-network")]
    public void what_no_network_has_cannot_be_kept_back(string address, string code)
    {
        Assert.Equal(code, Reserve(address));
        Assert.Equal(code, Unreserve(address));
    }

    [Fact]
    public void what_the_network_keeps_back_for_itself_stays_so()
    {
        Assert.Null(Reserve("10.0.0.1"));
        Assert.Equal("fixed-ip-already-in-use", Unreserve("10.0.0.1"));
        Assert.Empty(ledger.Blocks);
    }

    [Fact]
    public void the_reaper_frees_what_nobody_has_let_go_of_in_time_and_the_hosts_late_word_frees_nothing_twice()
    {
        var command = Given.Spawn(1, networks: [Given.Asking(network, "10.0.0.5")]);
        ledger.Spawn(command);
        Reap(command.Now.AddHours(1));
        Assert.Equal(FixedIpStatus.Allocated, Of("10.0.0.5").Status);

        ledger.Delete(command); // a minute later
        Reap(command.Now.AddMinutes(1).AddTicks(-1));
        Assert.Equal(FixedIpStatus.Deallocated, Of("10.0.0.5").Status);
        Reap(command.Now.AddMinutes(1));
        Assert.Equal(FixedIpStatus.Released, Of("10.0.0.5").Status);

        ledger.Spawn(Given.Spawn(2, networks: [Given.Asking(network, "10.0.0.5")]));
        ledger.Released(command);
        Assert.Equal((FixedIpStatus.Allocated, Given.Spawn(2).InstanceId), (Of("10.0.0.5").Status, Of("10.0.0.5").InstanceId!.Value));
        Assert.Equal(InstanceStatus.Released, ledger.State(command).Status);
    }

    [Fact]
    public void a_host_that_is_gone_for_good_leaves_nothing_behind()
    {
        var other = Given.Spawn(2, "host-b", Given.Asking(network));
        ledger.Spawn(other);
        var (runs, ends) = (Given.Spawn(1, networks: [Given.Asking(network, "10.0.0.5")]), Given.Spawn(3, networks: [Given.Asking(network)]));
        ledger.Spawn(runs);
        ledger.Spawn(ends);
        ledger.Delete(ends);
        ledger.Do(Guid.Empty, "host-a", situation => LeaseDecisions.Seen(new LeaseSeen(Given.Ip("10.0.0.5"), ledger.State(runs).Ports[0].Mac, "host-a", Given.Noon.AddDays(1), Given.Noon), situation));

        Forget("host-a");
        foreach (var command in new[] { runs, ends, other })
            ledger.Do(command.InstanceId, "host-a", situation => InstanceDecisions.Forgotten(command.InstanceId, situation, Given.Noon));
        Sweep("host-a");

        Assert.True(ledger.Read("host-a").State.IsRetired);
        Assert.Equal([InstanceStatus.Released, InstanceStatus.Released, InstanceStatus.Allocated], new[] { runs, ends, other }.Select(command => ledger.State(command).Status));
        Assert.Equal(["host-b", "host-b"], ledger.Used(network).Where(used => used.Status != FixedIpStatus.Released).Select(used => used.Host));
        Assert.All(ledger.Used(network), used => Assert.Empty(used.Leases));
    }

    [Fact]
    public void a_host_that_has_joined_anew_is_left_alone()
    {
        ledger.Spawn(Given.Spawn(1, networks: [Given.Asking(network)]));
        Forget("host-a");
        ledger.Do(Guid.Empty, "host-a", _ => new InstanceDecision.Decided { Hosts = [new HostJoined("host-a", Given.Noon)] });

        Assert.Equal(InstanceDecision.Unchanged, ledger.Do(Given.Spawn(1).InstanceId, "host-a", situation => InstanceDecisions.Forgotten(Given.Spawn(1).InstanceId, situation, Given.Noon)));
        Assert.Equal(InstanceDecision.Unchanged, ledger.Do(Guid.Empty, "host-a", situation => Reaping.OfForgottenHost(new BlockKey(network.Id, 0), situation, Given.Noon)));
        Assert.Equal(InstanceStatus.Allocated, ledger.State(Given.Spawn(1)).Status);
    }

    private string? Reserve(string address) => CodeOf(ledger.Do(Guid.Empty, "scheduler", situation => Reservations.Reserve(address, situation, Given.Noon)));

    private string? Unreserve(string address) => CodeOf(ledger.Do(Guid.Empty, "scheduler", situation => Reservations.Unreserve(address, situation, Given.Noon)));

    private void Reap(DateTimeOffset limit)
    {
        foreach (var key in Keys())
            ledger.Do(Guid.Empty, "scheduler", situation => Reaping.Overdue(key, limit, situation, limit.AddMinutes(10)));
    }

    private void Forget(string host) => ledger.Do(Guid.Empty, host, situation => Reaping.Forget(situation, Given.Noon));

    private void Sweep(string host)
    {
        foreach (var key in Keys())
            ledger.Do(Guid.Empty, host, situation => Reaping.OfForgottenHost(key, situation, Given.Noon));
    }

    private IEnumerable<BlockKey> Keys() => Enumerable.Range(0, new BlockLayout(network.Cidr).Count).Select(index => new BlockKey(network.Id, index));

    private FixedIp Of(string address) => ledger.Used(network).Single(used => used.Address == Given.Ip(address));

    private static string? CodeOf(InstanceDecision decision) => (decision as InstanceDecision.Refused)?.Refusal.Code;
}
