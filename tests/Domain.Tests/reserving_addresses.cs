using CsCheck;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class reserving_addresses
{
    private static readonly CreateNetworks Flat = Given.Creation(), Tagged = Flat with { BridgeInterface = "eth1", Vlan = Given.Vlans() };

    [Fact]
    public void a_flat_network_keeps_two_at_the_beginning_and_one_at_the_end() => Assert.Equal([0, 1, 255], Reserved(Flat));

    [Fact]
    public void a_vlan_keeps_three_at_the_beginning_and_those_of_vpn_clients_at_the_end()
    {
        Assert.Equal([0, 1, 2, 255], Reserved(Tagged));
        Assert.Equal([0, 1, 2, 251, 252, 253, 254, 255], Reserved(Tagged with { Vlan = Given.Vlans(vpnClients: 4) }));
        Assert.Equal(("10.0.0.1", "10.0.0.2", "10.0.0.3"), RolesOf(Tagged));
    }

    [Fact]
    public void gateway_server_and_vpn_are_kept_wherever_they_are()
    {
        Assert.Equal([0, 1, 200, 254, 255], Reserved(Flat with { Gateway = "10.0.0.254", DhcpServer = "10.0.0.200" }));
        Assert.Equal([0, 1, 2, 254, 255], Reserved(Tagged with { Gateway = "10.0.0.254" }));
        Assert.Equal(("10.0.0.254", "10.0.0.1", "10.0.0.3"), RolesOf(Tagged with { Gateway = "10.0.0.254" }));
        Assert.Equal(("10.0.0.2", "10.0.0.1", "10.0.0.3"), RolesOf(Tagged with { Gateway = "10.0.0.2" }));
    }

    [Fact]
    public void allowed_addresses_replace_what_is_kept_at_the_ends_and_the_first_is_the_gateway()
    {
        Assert.Equal(Outside(10, 20).Append(10).Order(), Reserved(Flat with { AllowedStart = "10.0.0.10", AllowedEnd = "10.0.0.20" }));
        Assert.Equal(("10.0.0.10", "10.0.0.11", "10.0.0.12"), RolesOf(Tagged with { AllowedStart = "10.0.0.10" }));
        Assert.Equal([0, 1, 255], Reserved(Flat with { AllowedStart = "10.0.0.1", AllowedEnd = "10.0.0.254" }));
        Assert.Equal([0, 1, 2, 255], Reserved(Tagged with { AllowedEnd = "10.0.0.254", Vlan = Given.Vlans(vpnClients: 9) }));
    }

    [Fact]
    public void flaw_23_the_ends_of_a_fixed_cidr_are_addresses_like_others()
    {
        var network = Given.Network(Flat with { FixedCidr = "10.0.0.128/26" });

        Assert.Equal(Outside(128, 191), Reserved(Flat with { FixedCidr = "10.0.0.128/26" }));
        Assert.Equal(("10.0.0.1", "10.0.0.128"), (network.Gateway.ToString(), network.DhcpStart.ToString()));
    }

    [Fact]
    public void flaw_23_allowed_addresses_and_a_fixed_cidr_count_both() =>
        Assert.Equal(Outside(130, 191).Append(1).Order().Distinct(), Reserved(Flat with { FixedCidr = "10.0.0.128/26", AllowedStart = "10.0.0.130", Gateway = "10.0.0.1" }));

    [Theory, InlineData("10.0.1.0/25", "address-out-of-range"), InlineData("10.0.0.0/16", "address-out-of-range"), InlineData("half", "invalid-cidr"), InlineData("10.0.0.1/32", "network-not-created")]
    public void a_fixed_cidr_lies_inside_and_leaves_something(string fixedCidr, string code) => Refused(code, Flat with { FixedCidr = fixedCidr });

    [Theory, InlineData("10.0.1.5", "address-out-of-range"), InlineData("10.0.0.255", "address-out-of-range"), InlineData("last", "invalid-address")]
    public void allowed_addresses_are_host_addresses_of_the_network(string address, string code)
    {
        Refused(code, Flat with { AllowedStart = address });
        Refused(code, Flat with { AllowedEnd = address });
    }

    [Fact]
    public void allowed_addresses_leave_something()
    {
        Refused("network-not-created", Flat with { AllowedStart = "10.0.0.20", AllowedEnd = "10.0.0.10" });
        Refused("network-not-created", Flat with { AllowedStart = "10.0.0.20", AllowedEnd = "10.0.0.20" });
        Refused("network-not-created", Flat with { FixedCidr = "10.0.0.0/26", AllowedStart = "10.0.0.80" });
        Refused("network-not-created", Tagged with { Vlan = Given.Vlans(vpnClients: 252) });
        Refused("network-not-created", Tagged with { Vlan = Given.Vlans(vpnClients: int.MaxValue) });
    }

    [Fact]
    public void the_smallest_network_has_one_address_and_a_vlan_needs_a_larger_one()
    {
        Assert.Equal(1, 4 - Given.Network(Given.Creation("10.0.0.0/30")).Reserved);
        Refused("network-not-created", Tagged with { Cidr = "10.0.0.0/30" });
        Assert.Equal(4, Given.Network(Tagged with { Cidr = "10.0.0.0/29" }).Reserved);
    }

    [Fact]
    public void flaw_9_the_largest_network_is_counted_by_arithmetic()
    {
        var network = Given.Network(Tagged with { Cidr = "10.0.0.0/8", Vlan = Given.Vlans(vpnClients: 10) });

        Assert.Equal((16777216, 14), (network.Cidr.Size, network.Reserved));
    }

    [Fact]
    public void however_a_network_is_narrowed_what_is_counted_is_what_is_kept_and_the_first_of_the_rest_is_dhcp_start() =>
        Gen.Select(Gen.Int[24, 29], Gen.UInt[0, 255].Array[5], Gen.Int[0, 31], Gen.Bool, Gen.Int[0, 5]).Sample(
            (prefix, offsets, given, tagged, clients) =>
            {
                var cidr = new Cidr(Given.Ip("10.0.0.0"), prefix);
                string? At(int place) => (given >> place & 1) == 0 ? null : (cidr.Network + (offsets[place] % (uint)cidr.Size)).ToString();
                var command = Flat with
                {
                    Cidr = cidr.ToString(),
                    Gateway = At(0),
                    DhcpServer = At(1),
                    AllowedStart = At(2),
                    AllowedEnd = At(3),
                    FixedCidr = At(4) is { } inside ? inside + "/" + Math.Min(prefix + 1, 32) : null,
                    Vlan = tagged ? Given.Vlans(vpnClients: clients) : null,
                    BridgeInterface = "eth1",
                };
                if (NetworkDecisions.Create(command, []) is not Decision<NetworkEvent>.Accepted accepted)
                    return;

                var network = ((NetworkCreated)accepted.Events[0]).Network;
                var free = All(cidr).Where(address => !network.IsReserved(address)).ToList();
                Assert.Equal(network.DhcpStart, free[0]);
                Assert.Equal(cidr.Size - free.Count, network.Reserved);
                Assert.DoesNotContain(cidr.Network, free);
                Assert.DoesNotContain(cidr.Broadcast, free);
            },
            iter: 2000);

    private static IEnumerable<Ipv4> All(Cidr cidr) => Enumerable.Range(0, (int)cidr.Size).Select(offset => cidr.Network + (uint)offset);

    private static IEnumerable<int> Outside(int first, int last) => Enumerable.Range(0, 256).Where(offset => offset < first || offset > last);

    private static List<int> Reserved(CreateNetworks command)
    {
        var network = Given.Network(command);
        return [.. All(network.Cidr).Where(network.IsReserved).Select(address => (int)(address - network.Cidr.Network))];
    }

    private static (string? Gateway, string? Vpn, string Start) RolesOf(CreateNetworks command)
    {
        var network = Given.Network(command);
        return (network.Gateway.ToString(), network.VpnPrivateAddress.ToString(), network.DhcpStart.ToString());
    }

    private static void Refused(string code, CreateNetworks command) =>
        Assert.Equal(code, Assert.IsType<Decision<NetworkEvent>.Refused>(NetworkDecisions.Create(command, [])).Refusal.Code);
}
