using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Domain.Projects;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class networks_of_a_project
{
    private static readonly NetworkPolicy Vlans = new(NetworkManagerKind.VlanManager, 1);

    private static readonly Network Free = Given.Network(Given.Creation() with { BridgeInterface = "eth1", Vlan = Given.Vlans() });

    [Fact]
    public void the_first_instance_takes_a_free_network_in_its_own_commit()
    {
        var decided = Assert.IsType<InstanceDecision.Decided>(new MemoryLedger(Free).Spawn(Given.Spawn() with { Policy = Vlans }));

        Assert.Equal([new NetworkAssigned(Free.Id, "project", Given.Noon)], decided.Networks);
        Assert.IsType<InstanceNetworkAllocated>(Assert.Single(decided.Instance));
    }

    [Fact]
    public void later_instances_take_nothing() =>
        Assert.Empty(Assert.IsType<InstanceDecision.Decided>(new MemoryLedger(Free with { ProjectId = "project" }).Spawn(Given.Spawn() with { Policy = Vlans })).Networks);

    [Fact]
    public void flaw_14_an_instance_that_gets_no_address_leaves_the_network_free()
    {
        var ledger = new MemoryLedger(Free with { MultiHost = false });

        var refused = Assert.IsType<InstanceDecision.Refused>(ledger.Spawn(Given.Spawn() with { Policy = Vlans }));

        Assert.Equal("no-network-host", refused.Refusal.Code);
        Assert.Empty(ledger.Used(Free));
    }

    [Theory, InlineData(null, true), InlineData(2L, true), InlineData(1L, false), InlineData(0L, false)]
    public void a_quota_is_for_all_nics_of_an_instance_or_none(long? left, bool gets)
    {
        var networks = new[] { Given.Network("10.0.1.0/24", 1), Given.Network("10.0.2.0/24", 2) };
        var ledger = new MemoryLedger(networks);

        var decision = ledger.Do(Given.Id(101), "host-a", situation => InstanceDecisions.Spawn(Given.Spawn(), situation with { FixedIpsLeft = left }));

        Assert.Equal(gets ? null : "fixed-ip-limit-exceeded", (decision as InstanceDecision.Refused)?.Refusal.Code);
        Assert.Equal(gets ? 2 : 0, ledger.State(Given.Spawn()).QuotaUse);
        Assert.Equal(gets ? 4 : 0, networks.Sum(network => ledger.Used(network).Count())); // each network has an address of the host's too
    }

    [Fact]
    public void a_quota_holds_for_an_address_that_is_added_too()
    {
        var network = Given.Network();
        var ledger = new MemoryLedger(network);
        ledger.Spawn(Given.Spawn());
        var add = new AddFixedIp(Given.Id(101), "host-a", network.Label, "message", Given.Seed(7), Given.Noon);

        var refused = ledger.Do(add.InstanceId, add.Host, situation => FixedIpChanges.Add(add, situation with { FixedIpsLeft = 0 }));
        Assert.Equal("fixed-ip-limit-exceeded", Assert.IsType<InstanceDecision.Refused>(refused).Refusal.Code);

        ledger.Do(add.InstanceId, add.Host, situation => FixedIpChanges.Add(add, situation with { FixedIpsLeft = 1 }));
        Assert.Equal(2, ledger.State(Given.Spawn()).QuotaUse);
    }

    [Fact]
    public void a_deletion_counts_for_the_quota_at_once()
    {
        var ledger = new MemoryLedger(Given.Network());
        ledger.Spawn(Given.Spawn());
        ledger.Delete(Given.Spawn());

        Assert.Equal(0, ledger.State(Given.Spawn()).QuotaUse);
    }

    [Fact]
    public void with_vlan_manager_no_quota_of_fixed_ips_counts()
    {
        Assert.Null(Vlans.QuotaToHold);
        Assert.Equal(1, (Vlans with { Manager = NetworkManagerKind.FlatManager }).QuotaToHold);
        Assert.Equal(Project.Unlimited, NetworkPolicy.Default.QuotaToHold);
    }
}
