using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class numbering_vlans
{
    private static readonly CreateNetworks One = Given.Creation("10.1.0.0/16") with { Size = 256, BridgeInterface = "eth1", Vlan = Given.Vlans() };

    [Fact]
    public void the_first_is_vlan_start_and_its_bridge_is_named_for_it()
    {
        var network = Given.Network(One);

        Assert.Equal((100, "br100", "eth1"), (network.Vlan, network.Bridge, network.BridgeInterface));
        Assert.Equal(("10.1.0.2", "192.0.2.10", 1000), (network.VpnPrivateAddress.ToString(), network.VpnPublicAddress.ToString(), network.VpnPublicPort));
    }

    [Fact]
    public void flaw_2_numbers_collide_neither_with_existing_ones_nor_within_the_call()
    {
        Network[] existing = [Tagged(100), Tagged(101)];

        Assert.Equal([99, 102], Numbers(One with { Count = 2, Vlan = Given.Vlans(99) }, existing));
        Assert.Equal([102, 103, 104], Numbers(One with { Count = 3 }, existing));
    }

    [Fact]
    public void flaw_2_gaps_are_used_again() => Assert.Equal([101, 103], Numbers(One with { Count = 2 }, Tagged(100), Tagged(102), Tagged(104)));

    [Fact]
    public void flaw_2_the_end_is_counted_with_existing_networks()
    {
        Assert.Equal([4093, 4094], Numbers(One with { Count = 2, Vlan = Given.Vlans(4093) }));
        Refused("network-not-created", One with { Count = 2, Vlan = Given.Vlans(4093) }, Tagged(4094));
        Refused("network-not-created", One with { Vlan = Given.Vlans(4095) });
        Refused("network-not-created", One with { Vlan = Given.Vlans(0) });
    }

    [Theory, InlineData(0), InlineData(4095), InlineData(-1)]
    public void a_vlan_is_1_to_4094(int id) => Refused("network-not-created", One with { Vlan = Given.Vlans(id: id) });

    [Theory, InlineData(1), InlineData(4094)]
    public void a_vlan_that_is_asked_for_is_given(int id) => Assert.Equal([id], Numbers(One with { Vlan = Given.Vlans(id: id) }));

    [Fact]
    public void a_vlan_that_another_network_has_is_refused_and_so_is_one_for_several()
    {
        Assert.Contains("tagged", Refused("duplicate-vlan", One with { Vlan = Given.Vlans(id: 7) }, Tagged(7)).Message, StringComparison.Ordinal);
        Refused("duplicate-vlan", One with { Count = 2, Vlan = Given.Vlans(id: 7) });
    }

    [Fact]
    public void a_vlan_needs_a_nic() => Refused("network-not-created", One with { BridgeInterface = null });

    [Fact]
    public void the_bridge_of_a_flat_network_keeps_its_name()
    {
        var flat = Given.Network("10.9.0.0/24", 7);

        Assert.Equal("br100", flat.Bridge);
        Assert.Equal([101], Numbers(One, flat));
        Refused("network-not-created", One with { Vlan = Given.Vlans(id: 100) }, flat);
        Refused("network-not-created", Given.Creation(), Tagged(100));
        Refused("network-not-created", Given.Creation() with { Bridge = "vlan100" }, Tagged(100));
        Refused("network-not-created", Given.Creation() with { Bridge = "br5", BridgeInterface = "vlan100" }, Tagged(100));
        Assert.Equal([101], Numbers(One with { BridgeInterface = "vlan100" }));
    }

    [Fact]
    public void vlans_share_a_nic_among_each_other_and_with_a_flat_network() =>
        Assert.Equal([101, 102], Numbers(One with { Count = 2 }, Given.Network(Given.Creation("10.9.0.0/24") with { BridgeInterface = "eth1" }), Tagged(100)));

    [Fact]
    public void ports_of_vpn_instances_collide_neither_with_existing_ones_nor_within_the_call()
    {
        Assert.Equal([1000, 1001, 1003], Ports(One with { Count = 3 }, Tagged(7, 1002)));
        Assert.Equal([1000, 1002], Ports(One with { Count = 2 }, Tagged(7, 1001), Tagged(8, 1003)));
        Assert.Equal([65535], Ports(One with { Vlan = Given.Vlans(vpnStart: 65535) }));
        Refused("network-not-created", One with { Count = 2, Vlan = Given.Vlans(vpnStart: 65535) });
    }

    private static Network Tagged(int vlan, int vpnPort = 60000) =>
        Given.Network(Given.Creation($"10.2.{vlan % 256}.0/24") with { Label = "tagged", BridgeInterface = "eth1", Vlan = Given.Vlans(id: vlan, vpnStart: vpnPort) });

    private static IEnumerable<int> Numbers(CreateNetworks command, params Network[] existing) => Given.Networks(command, existing).Select(network => network.Vlan!.Value);

    private static IEnumerable<int> Ports(CreateNetworks command, params Network[] existing) => Given.Networks(command, existing).Select(network => network.VpnPublicPort!.Value);

    private static Refusal Refused(string code, CreateNetworks command, params Network[] existing)
    {
        var refusal = Assert.IsType<Decision<NetworkEvent>.Refused>(NetworkDecisions.Create(command, existing)).Refusal;
        Assert.Equal(code, refusal.Code);
        return refusal;
    }
}
