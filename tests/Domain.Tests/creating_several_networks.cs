using CsCheck;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class creating_several_networks
{
    private static readonly CreateNetworks Four = Given.Creation("10.1.0.0/16") with { Count = 4, Size = 256, Label = "net" };

    [Fact]
    public void each_has_a_label_with_its_number_a_subnet_and_an_id_of_its_own()
    {
        var networks = Given.Networks(Four);

        Assert.Equal(["net_0", "net_1", "net_2", "net_3"], networks.Select(network => network.Label));
        Assert.Equal(["10.1.0.0/24", "10.1.1.0/24", "10.1.2.0/24", "10.1.3.0/24"], networks.Select(network => network.Cidr.ToString()));
        Assert.Equal(4, networks.Select(network => network.Id).Distinct().Count());
        Assert.Equal(Four.Id, networks[0].Id);
        Assert.Equal(["10.1.0.1", "10.1.1.1", "10.1.2.1", "10.1.3.1"], networks.Select(network => network.Gateway.ToString()));
        Assert.Equal(networks.Select(network => network.Gateway), networks.Select(network => (Ipv4?)network.DhcpServer));
    }

    [Fact]
    public void a_label_stays_as_it_is_when_there_is_one() => Assert.Equal("net", Given.Network(Four with { Count = 1 }).Label);

    [Fact]
    public void the_number_counts_to_the_length_of_a_label()
    {
        Assert.Equal("label-too-long", Refused(Four with { Label = new string('x', 254) }).Code);
        Assert.Equal(255, Given.Networks(Four with { Label = new string('x', 253) })[3].Label.Length);
    }

    [Fact]
    public void flaw_1_the_gaps_between_existing_networks_are_used()
    {
        Network[] existing = [Given.Network("10.1.0.0/24", 7), Given.Network("10.1.1.0/25", 8), Given.Network("10.1.3.0/24", 9)];

        Assert.Equal(["10.1.2.0/24", "10.1.4.0/24", "10.1.5.0/24", "10.1.6.0/24"], Given.Networks(Four, existing).Select(network => network.Cidr.ToString()));
        Assert.Equal("10.1.2.0/24", Given.Network(Four with { Count = 1 }, existing).Cidr.ToString());
    }

    [Fact]
    public void flaw_3_a_range_that_has_not_room_for_all_gives_none()
    {
        var refusal = Refused(Given.Creation("10.1.0.0/22") with { Count = 4, Size = 256 }, Given.Network("10.1.2.0/25", 7));

        Assert.Equal("cidr-conflict", refusal.Code);
        Assert.Contains("3 of 4", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("net7", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_range_too_small_for_all_is_no_matter_of_others() => Assert.Equal("invalid-cidr", Refused(Given.Creation("10.1.0.0/22") with { Count = 5, Size = 256 }).Code);

    [Theory, InlineData(0), InlineData(4097)]
    public void one_call_makes_1_to_4096(int count) => Assert.Equal("network-not-created", Refused(Given.Creation("10.0.0.0/8") with { Count = count, Size = 16 }).Code);

    [Fact]
    public void the_largest_call_makes_networks_that_are_all_apart()
    {
        var networks = Given.Networks(Given.Creation("10.0.0.0/8") with { Count = 3000, Size = 16, Vlan = Given.Vlans(1), BridgeInterface = "eth1", CidrV6 = "fd00::/48" });

        Assert.Equal(3000, networks.Select(network => network.Cidr.Network).Distinct().Count());
        Assert.Equal(3000, networks.Select(network => network.Vlan).Distinct().Count());
        Assert.Equal(3000, networks.Select(network => network.CidrV6).Distinct().Count());
        Assert.Equal(3000, networks.Select(network => network.Id).Distinct().Count());
    }

    [Fact]
    public void an_address_that_lies_in_one_of_them_only_is_refused_for_the_others()
    {
        Assert.Equal("address-out-of-range", Refused(Four with { Gateway = "10.1.0.1" }).Code);
        Assert.Equal("address-out-of-range", Refused(Four with { DhcpServer = "10.1.0.2" }).Code);
        Assert.Equal("address-out-of-range", Refused(Four with { AllowedStart = "10.1.0.9" }).Code);
        Assert.Equal("address-out-of-range", Refused(Four with { FixedCidr = "10.1.0.128/25" }).Code);
        Assert.Equal("address-out-of-range", Refused(Four with { CidrV6 = "fd00::/48", GatewayV6 = "fd00::1" }).Code);
    }

    [Fact]
    public void each_gets_a_64_of_the_ipv6_range_and_its_first_address_as_router()
    {
        var networks = Given.Networks(Four with { Count = 2, CidrV6 = "fd00:0:0:4::/62" }, Given.Network(Given.Creation("10.9.0.0/24") with { CidrV6 = "fd00:0:0:4::/64" }));

        Assert.Equal(["fd00:0:0:5::/64 fd00:0:0:5::1", "fd00:0:0:6::/64 fd00:0:0:6::1"], networks.Select(network => $"{network.CidrV6} {network.GatewayV6}"));
    }

    [Fact]
    public void an_ipv6_range_is_read_strictly_and_has_room()
    {
        Assert.Equal("fd00::99", Given.Network(Given.Creation() with { CidrV6 = "fd00::/64", GatewayV6 = "fd00::99" }).GatewayV6.ToString());
        Assert.Equal("invalid-cidr", Refused(Given.Creation() with { CidrV6 = "fd00::/96" }).Code);
        Assert.Equal("invalid-cidr", Refused(Given.Creation() with { CidrV6 = "10.0.0.0/8" }).Code);
        Assert.Equal("invalid-cidr", Refused(Four with { CidrV6 = "fd00::/63" }).Code);
        Assert.Equal("cidr-conflict", Refused(Given.Creation() with { CidrV6 = "fd00::/64" }, Given.Network(Given.Creation("10.9.0.0/24") with { CidrV6 = "fd00::/64" })).Code);
        Assert.Equal("invalid-address", Refused(Given.Creation() with { CidrV6 = "fd00::/64", GatewayV6 = "first" }).Code);
        Assert.Equal("address-out-of-range", Refused(Given.Creation() with { CidrV6 = "fd00::/64", GatewayV6 = "fd01::1" }).Code);
        Assert.Equal("network-not-created", Refused(Given.Creation() with { GatewayV6 = "fd01::1" }).Code);
    }

    [Fact]
    public void whatever_stands_already_new_networks_share_nothing_with_it_or_each_other() =>
        Gen.Select(Gen.Select(Gen.UInt[0, 255], Gen.Int[20, 28], Gen.Int[1, 12], Gen.Bool).List[0, 6], Gen.Int[1, 8], Gen.Int[1, 12], Gen.Int[1, 10]).Sample(
            (before, count, vlanStart, vpnStart) =>
            {
                List<Network> existing = [];
                foreach (var (offset, prefix, vlan, tagged) in before)
                    if (NetworkDecisions.Create(Tagged(new Cidr(Given.Ip("10.1.0.0") + (offset * 256), prefix).ToString(), tagged ? Given.Vlans(id: vlan) : null), existing) is Decision<NetworkEvent>.Accepted made)
                        existing.AddRange(made.Events.Cast<NetworkCreated>().Select(change => change.Network));

                var all = existing.Concat(Given.Networks(Tagged("10.1.0.0/16", Given.Vlans(vlanStart, vpnStart: vpnStart)) with { Count = count, Size = 64 }, existing)).ToList();

                Assert.Equal(existing.Count + count, all.Count);
                Assert.DoesNotContain(all.SelectMany((one, place) => all.Skip(place + 1).Select(other => (one, other))), pair => pair.one.Cidr.Overlaps(pair.other.Cidr));
                AllApart(all.Select(network => network.Vlan));
                AllApart(all.Select(network => network.VpnPublicPort));
                Assert.All(all.Skip(existing.Count), network => Assert.True(network.Vlan >= vlanStart && network.VpnPublicPort >= vpnStart && network.Bridge == $"br{network.Vlan}"));
            },
            iter: 300);

    private static void AllApart(IEnumerable<int?> numbers)
    {
        var given = numbers.OfType<int>().ToList();
        Assert.Equal(given.Distinct(), given);
    }

    private static CreateNetworks Tagged(string cidr, VlanWish? vlan) => Given.Creation(cidr) with { Vlan = vlan, BridgeInterface = vlan is null ? null : "eth1" };

    private static Refusal Refused(CreateNetworks command, params Network[] existing) =>
        Assert.IsType<Decision<NetworkEvent>.Refused>(NetworkDecisions.Create(command, existing)).Refusal;
}
