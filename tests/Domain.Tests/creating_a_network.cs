using CsCheck;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class creating_a_network
{
    [Fact]
    public void without_wishes_the_first_address_is_gateway_and_dhcp_server_and_the_second_the_first_instances()
    {
        var network = Given.Network(Given.Creation("10.1.2.77/24"));

        Assert.Equal(("10.1.2.0/24", "10.1.2.1", "10.1.2.1", "10.1.2.2"), (network.Cidr.ToString(), network.Gateway.ToString(), network.DhcpServer.ToString(), network.DhcpStart.ToString()));
    }

    [Theory, InlineData(null, null, "10.0.0.2"), InlineData("10.0.0.254", null, "10.0.0.2"), InlineData(null, "10.0.0.9", "10.0.0.2"), InlineData("10.0.0.9", "10.0.0.1", "10.0.0.2"),
     InlineData("10.0.0.2", "10.0.0.1", "10.0.0.3"), InlineData("10.0.0.1", "10.0.0.2", "10.0.0.3")]
    public void instances_start_after_a_gateway_or_server_at_the_beginning(string? gateway, string? server, string start)
    {
        var network = Given.Network(Given.Creation() with { Gateway = gateway, DhcpServer = server });

        Assert.Equal(start, network.DhcpStart.ToString());
        Assert.False(network.IsReserved(network.DhcpStart));
        Assert.Equal(server ?? gateway ?? "10.0.0.1", network.DhcpServer.ToString());
    }

    [Fact]
    public void ends_gateway_and_server_are_never_given_out_and_all_else_is() =>
        Gen.Select(Gen.Int[24, 29], Gen.UInt[1, 6], Gen.UInt[1, 6]).Sample(
            (prefix, gateway, server) =>
            {
                var cidr = new Cidr(Given.Ip("10.0.0.0"), prefix);
                var network = Given.Network(Given.Creation(cidr.ToString()) with
                {
                    Gateway = (cidr.Network + gateway).ToString(),
                    DhcpServer = (cidr.Network + server).ToString(),
                });
                var reserved = Enumerable.Range(0, (int)cidr.Size).Select(offset => (uint)offset).Where(offset => network.IsReserved(cidr.Network + offset));
                Assert.Equal(new[] { 0u, 1u, gateway, server, (uint)cidr.Size - 1 }.Distinct().Order(), reserved);
                Assert.Equal(reserved.Count(), network.Reserved);
            },
            iter: 300);

    [Theory, InlineData("nonsense"), InlineData("10.0.0.0/7"), InlineData("10.0.0.0/31"), InlineData("10.0.0.1"), InlineData("fd00::/64"), InlineData("")]
    public void a_range_is_ipv4_of_8_to_30_bits(string cidr) => Refused("invalid-cidr", Given.Creation(cidr));

    [Theory, InlineData("11.0.0.0/24"), InlineData("192.168.0.0/16")]
    public void a_range_lies_inside_fixed_range(string cidr) => Refused("address-out-of-range", Given.Creation(cidr));

    [Theory, InlineData("10.0.0.0/24"), InlineData("10.0.0.0/23"), InlineData("10.0.0.128/25")]
    public void a_range_that_is_taken_is_refused_and_names_the_other_network(string cidr) =>
        Assert.Contains("net7", Refused("cidr-conflict", Given.Creation(cidr), Given.Network("10.0.0.0/24", 7)).Message, StringComparison.Ordinal);

    [Fact]
    public void a_range_beside_another_is_free() =>
        Assert.IsType<Decision<NetworkEvent>.Accepted>(NetworkDecisions.Create(Given.Creation("10.0.1.0/24"), [Given.Network("10.0.0.0/24", 7)]));

    [Theory, InlineData("10.0.0.0"), InlineData("10.0.0.255"), InlineData("10.0.1.1")]
    public void gateway_and_server_are_host_addresses_of_the_range(string address)
    {
        Refused("address-out-of-range", Given.Creation() with { Gateway = address });
        Refused("address-out-of-range", Given.Creation() with { DhcpServer = address });
    }

    [Fact]
    public void what_is_no_address_is_refused_wherever_it_stands()
    {
        Refused("invalid-address", Given.Creation() with { Gateway = "first" });
        Refused("invalid-address", Given.Creation() with { DhcpServer = "10.0.0.300" });
        Refused("invalid-address", Given.Creation() with { Dns = ["192.0.2.53", "dns.example.org"] });
    }

    [Fact]
    public void a_label_has_1_to_255_characters()
    {
        Refused("network-not-created", Given.Creation() with { Label = "" });
        Refused("label-too-long", Given.Creation() with { Label = new string('x', 256) });
        Assert.Equal(255, Given.Network(Given.Creation() with { Label = new string('x', 255) }).Label.Length);
    }

    [Theory, InlineData(67), InlineData(65536), InlineData(-1)]
    public void an_mtu_is_68_to_65535_bytes(int mtu) => Refused("network-not-created", Given.Creation() with { Mtu = mtu });

    [Theory, InlineData(""), InlineData("."), InlineData(".."), InlineData("br100;reboot"), InlineData("../br100"), InlineData("br 100"), InlineData("br100\n"), InlineData("-br100"),
     InlineData("br*"), InlineData("\"br\""), InlineData("brücke"), InlineData("a-name-too-long!"), InlineData("sixteencharacter"), InlineData("all"), InlineData("default")]
    public void names_of_interfaces_hold_nothing_that_a_file_a_rule_or_the_kernel_would_misread(string name)
    {
        Refused("network-not-created", Given.Creation() with { Bridge = name });
        Refused("network-not-created", Given.Creation() with { BridgeInterface = name });
    }

    [Theory, InlineData("br100"), InlineData("eth0.100"), InlineData("fifteen-chars_0"), InlineData("3com")]
    public void ordinary_names_of_interfaces_are_taken(string name) =>
        Assert.Equal(name, Given.Network(Given.Creation() with { Bridge = name }).Bridge);

    [Fact]
    public void a_bridge_is_no_port_of_itself() => Refused("network-not-created", Given.Creation() with { Bridge = "eth1", BridgeInterface = "eth1" });

    [Fact]
    public void networks_on_one_bridge_have_one_mtu()
    {
        var first = Given.Network("10.0.9.0/24", 7);

        Refused("network-not-created", Given.Creation() with { Mtu = 1400 }, first);
        Assert.IsType<Decision<NetworkEvent>.Accepted>(NetworkDecisions.Create(Given.Creation() with { Mtu = 1400, Bridge = "br101" }, [first]));
    }

    [Fact]
    public void one_nic_is_a_port_of_one_bridge()
    {
        var first = Given.Network(Given.Creation("10.0.9.0/24") with { BridgeInterface = "eth1" });

        Refused("network-not-created", Given.Creation() with { Bridge = "br101", BridgeInterface = "eth1" }, first);
        Assert.IsType<Decision<NetworkEvent>.Accepted>(NetworkDecisions.Create(Given.Creation() with { BridgeInterface = "eth1" }, [first]));
    }

    [Fact]
    public void each_host_has_an_address_of_its_own_only_with_multi_host_and_without_a_shared_one()
    {
        Assert.True(Given.Network(shareAddress: false).NeedsAddressPerHost);
        Assert.False(Given.Network(shareAddress: true).NeedsAddressPerHost);
        Assert.False(Given.Network(Given.Creation() with { MultiHost = false }).NeedsAddressPerHost);
    }

    private static Refusal Refused(string code, CreateNetworks command, params Network[] existing)
    {
        var refusal = Assert.IsType<Decision<NetworkEvent>.Refused>(NetworkDecisions.Create(command, existing)).Refusal;
        Assert.Equal(code, refusal.Code);
        return refusal;
    }
}
