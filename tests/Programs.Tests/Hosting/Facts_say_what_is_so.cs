using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting;
using Xunit;

namespace NovaNetBus.Programs.Tests.Hosting;

public sealed class Facts_say_what_is_so
{
    private static readonly HostSettings Settings = new("eth0", "br100", null, null, [], 3600, "novalocal", [Ipv4.Parse("192.0.2.53")]);
    private static readonly HostSettings Flat = Settings with { Manager = NetworkManagerKind.FlatManager, InjectsConfiguration = true };

    private static readonly Network Network = new()
    {
        Id = Guid.Parse("6e3f8a36-5e0a-4a6b-9a51-6b5f7b1c0a01"),
        Label = "private",
        Cidr = Cidr.Parse("10.0.0.0/24"),
        Gateway = Ipv4.Parse("10.0.0.1"),
        DhcpServer = Ipv4.Parse("10.0.0.1"),
        DhcpStart = Ipv4.Parse("10.0.0.2"),
        Assignable = new AddressRange(Ipv4.Parse("10.0.0.2"), Ipv4.Parse("10.0.0.254")),
        Bridge = "br100",
        CidrV6 = Ipv6Cidr.Parse("fd00:1::/64"),
        GatewayV6 = Ipv6.Parse("fd00:1::1"),
        MultiHost = true,
        ShareAddress = false,
        EnableDhcp = true,
        Mtu = 1500,
        Dns = [],
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void a_network_of_a_vlan_says_which() => Assert.Equal(101, Vif(Settings, Network with { Vlan = 101, Bridge = "br101" }).Vlan);

    [Fact]
    public void with_dhcp_the_host_is_router_and_server_and_nothing_is_injected()
    {
        var fact = Configured(Settings, Network);

        Assert.Null(fact.InterfacesFile);
        Assert.Equal(("10.0.0.2", "10.0.0.2", false), (fact.Vifs[0].Gateway, fact.Vifs[0].DhcpServer, fact.Vifs[0].Injected));
    }

    [Fact]
    public void flat_manager_tells_the_networks_own_gateway_and_no_dhcp_server_and_injects_when_that_is_asked_for()
    {
        var fact = Configured(Flat, Network);

        Assert.Equal(("10.0.0.1", null, true), (fact.Vifs[0].Gateway, fact.Vifs[0].DhcpServer, fact.Vifs[0].Injected));
        Assert.Contains("iface eth0 inet static\n    hwaddress ether fa:16:3e:00:00:01\n    address 10.0.0.9\n", fact.InterfacesFile, StringComparison.Ordinal);
        Assert.Contains("    gateway 10.0.0.1\n    dns-nameservers 192.0.2.53\n", fact.InterfacesFile, StringComparison.Ordinal);
        var plain = Configured(Flat with { InjectsConfiguration = false }, Network);
        Assert.Null(plain.InterfacesFile);
        Assert.False(plain.Vifs[0].Injected);
    }

    [Fact]
    public void the_second_address_of_a_nic_is_told_and_not_injected()
    {
        var fact = Configured(Flat, Network, Port(1, "10.0.0.9"), Port(1, "10.0.0.10"), Port(2, "10.0.0.11"));

        Assert.Equal(["10.0.0.9", "10.0.0.10", "10.0.0.11"], fact.Vifs.Select(vif => vif.Address));
        Assert.DoesNotContain("10.0.0.10", fact.InterfacesFile, StringComparison.Ordinal);
        Assert.Contains("auto eth1\niface eth1 inet static\n    hwaddress ether fa:16:3e:00:00:02\n", fact.InterfacesFile, StringComparison.Ordinal);
    }

    [Fact]
    public void with_a_single_default_gateway_only_the_first_nic_is_given_a_router()
    {
        var fact = Configured(Flat with { HasSingleDefaultGateway = true }, Network, Port(1, "10.0.0.9"), Port(2, "10.0.0.11"));
        Assert.Equal(2, fact.InterfacesFile!.Split("gateway").Length);
    }

    [Fact]
    public void ipv6_is_told_only_where_it_is_used()
    {
        Assert.Null(Vif(Settings, Network).AddressV6);

        var vif = Vif(Settings with { UsesIpv6 = true }, Network);
        Assert.Equal(("fd00:1::f816:3eff:fe00:1", 64, "fd00:1::1"), (vif.AddressV6, vif.PrefixLengthV6, vif.GatewayV6));
        Assert.Contains("iface eth0 inet6 static", Configured(Flat with { UsesIpv6 = true }, Network).InterfacesFile, StringComparison.Ordinal);
        Assert.Null(Vif(Settings with { UsesIpv6 = true }, Network with { CidrV6 = null }).GatewayV6);
    }

    private static Vif Vif(HostSettings settings, Network network) => Configured(settings, network).Vifs.Single();

    private static HostNetworkConfigured Configured(HostSettings settings, Network network, params Port[] ports)
    {
        var instance = new InstanceNetwork(
            Guid.Empty, InstanceStatus.Configured, "red", "host-a", "vm1", (ports.Length == 0 ? [Port(1, "10.0.0.9")] : ports).ToValueList(), 1,
            DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null);
        return Facts.Configured(instance, [new ServedNetwork(network, Ipv4.Parse("10.0.0.2"))], settings);
    }

    private static Port Port(uint nic, string address) =>
        new(new Guid((int)nic, 0, 0, new byte[8]), $"tap{nic}", MacAddress.ForInstance(nic), Network.Id, Ipv4.Parse(address));
}
