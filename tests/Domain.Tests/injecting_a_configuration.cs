using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Instances;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class injecting_a_configuration
{
    private const string Head = """
        # Written by NovaNetBus for this instance's first start
        #
        # This file describes the network interfaces available on your system
        # and how to activate them. For more information, see interfaces(5).

        # The loopback network interface
        auto lo
        iface lo inet loopback


        """;

    private static readonly InjectedNic First = new(MacAddress.Parse("fa:16:3e:00:00:01"), Given.Ip("10.0.0.9"), Cidr.Parse("10.0.0.0/23"), Given.Ip("10.0.0.1"), [Given.Ip("192.0.2.53")]);

    [Fact]
    public void one_nic() => AssertWritten(
        """
        auto eth0
        iface eth0 inet static
            hwaddress ether fa:16:3e:00:00:01
            address 10.0.0.9
            netmask 255.255.254.0
            broadcast 10.0.1.255
            gateway 10.0.0.1
            dns-nameservers 192.0.2.53
        """,
        First);

    [Fact]
    public void what_a_nic_does_not_have_is_left_out() => AssertWritten(
        """
        auto eth0
        iface eth0 inet static
            hwaddress ether fa:16:3e:00:00:01
            address 10.0.0.9
            netmask 255.255.254.0
            broadcast 10.0.1.255
        """,
        First with { Gateway = null, DnsServers = [] });

    [Fact]
    public void several_nics_are_numbered_in_their_order_and_ipv6_has_a_stanza_of_its_own() => AssertWritten(
        """
        auto eth0
        iface eth0 inet static
            hwaddress ether fa:16:3e:00:00:01
            address 10.0.0.9
            netmask 255.255.254.0
            broadcast 10.0.1.255
            gateway 10.0.0.1
            dns-nameservers 192.0.2.53 192.0.2.54
        iface eth0 inet6 static
            hwaddress ether fa:16:3e:00:00:01
            address fd00:1::f816:3eff:fe00:1
            netmask 64
            gateway fd00:1::1

        auto eth1
        iface eth1 inet static
            hwaddress ether fa:16:3e:00:00:02
            address 10.9.0.7
            netmask 255.255.255.0
            broadcast 10.9.0.255
        iface eth1 inet6 static
            hwaddress ether fa:16:3e:00:00:02
            address fd00:2::f816:3eff:fe00:2
            netmask 64
        """,
        First with
        {
            DnsServers = [Given.Ip("192.0.2.53"), Given.Ip("192.0.2.54")],
            AddressV6 = Ipv6Cidr.Parse("fd00:1::/64").AddressOf(First.Mac),
            PrefixLengthV6 = 64,
            GatewayV6 = Ipv6.Parse("fd00:1::1"),
        },
        new InjectedNic(MacAddress.Parse("fa:16:3e:00:00:02"), Given.Ip("10.9.0.7"), Cidr.Parse("10.9.0.0/24"), null, [])
        {
            AddressV6 = Ipv6Cidr.Parse("fd00:2::/64").AddressOf(MacAddress.Parse("fa:16:3e:00:00:02")),
            PrefixLengthV6 = 64,
        });

    [Theory]
    [InlineData("2001:db8::/64", "00:25:96:12:34:56", "2001:db8::225:96ff:fe12:3456")]
    [InlineData("fd00::/64", "fa:16:3e:ff:ff:ff", "fd00::f816:3eff:feff:ffff")]
    public void a_nic_gives_itself_an_ipv6_address_by_its_mac(string range, string mac, string address) =>
        Assert.Equal(Ipv6.Parse(address), Ipv6Cidr.Parse(range).AddressOf(MacAddress.Parse(mac)));

    private static void AssertWritten(string stanzas, params InjectedNic[] nics) => Assert.Equal(Head + stanzas + "\n", InterfacesFile.Of(nics));
}
