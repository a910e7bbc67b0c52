using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class addresses_by_manager
{
    private static readonly NetworkPolicy Flat = NetworkPolicy.Default with { Manager = NetworkManagerKind.FlatManager };
    private static readonly NetworkPolicy Vlan = NetworkPolicy.Default with { Manager = NetworkManagerKind.VlanManager };

    private readonly Network network = Given.Network(Given.Creation() with { BridgeInterface = "eth1", Vlan = Given.Vlans(), ProjectId = "project" });

    [Theory, InlineData(true), InlineData(false)]
    public void flat_manager_asks_for_no_host_and_takes_no_address_for_one(bool multiHost)
    {
        var flat = Given.Network(Given.Creation() with { MultiHost = multiHost });
        var decided = Assert.IsType<InstanceDecision.Decided>(new MemoryLedger(flat).Spawn(Given.Spawn() with { Policy = Flat }));

        Assert.Empty(decided.Hosts);
        Assert.IsType<FixedIpAllocated>(Assert.Single(decided.Blocks).Event);
    }

    [Fact]
    public void the_vpn_instance_gets_the_address_that_its_network_keeps_for_it_and_nobody_else_does()
    {
        var ledger = new MemoryLedger(network);
        var vpn = Given.Spawn() with { Policy = Vlan, IsVpn = true };
        ledger.Spawn(vpn);
        ledger.Spawn(Given.Spawn(2) with { Policy = Vlan });

        Assert.Equal(network.VpnPrivateAddress, ledger.State(vpn).Ports.Single().Address);
        Assert.True(ledger.State(vpn).IsVpn);
        Assert.NotEqual(network.VpnPrivateAddress, ledger.State(Given.Spawn(2)).Ports.Single().Address);
        AssertRefused("fixed-ip-not-found-for-network", ledger.Spawn(Given.Spawn(3, "host-a", Given.Asking(network, network.VpnPrivateAddress.ToString())) with { Policy = Vlan }));
        AssertRefused("fixed-ip-already-in-use", ledger.Spawn(Given.Spawn(4) with { Policy = Vlan, IsVpn = true }));
    }

    [Fact]
    public void the_next_vpn_instance_gets_it_again()
    {
        var ledger = new MemoryLedger(network);
        var (first, next) = (Given.Spawn() with { Policy = Vlan, IsVpn = true }, Given.Spawn(2) with { Policy = Vlan, IsVpn = true });
        ledger.Spawn(first);
        ledger.Configured(first, 1);
        ledger.Delete(first);
        ledger.Released(first);

        ledger.Spawn(next);
        Assert.Equal(network.VpnPrivateAddress, ledger.State(next).Ports.Single().Address);
    }

    [Fact]
    public void where_no_address_is_kept_a_vpn_instance_is_as_any_other()
    {
        var ledger = new MemoryLedger(Given.Network());
        Assert.IsType<InstanceDecision.Decided>(ledger.Spawn(Given.Spawn() with { IsVpn = true }));
    }

    private static void AssertRefused(string code, InstanceDecision decision) => Assert.Equal(code, Assert.IsType<InstanceDecision.Refused>(decision).Refusal.Code);
}
