using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class planning_a_host
{
    private static readonly Network Network = Given.Network();
    private static readonly ServedNetwork Served = new(Network, Given.Ip("10.0.0.2"));
    private static readonly ServedPort Port = new(Network.Id, "tap1", MacAddress.ForInstance(1), Given.Ip("10.0.0.9"), "vm1");

    [Fact]
    public void a_host_without_instances_has_its_kernel_settings_and_rules_and_nothing_else() =>
        Assert.Equal(
            [
                "element NoSnat 198.51.100.0/24", "element PublicInterfaces eth0", "firewall rules", "sysctl net.bridge.bridge-nf-call-arptables",
                "sysctl net.bridge.bridge-nf-call-ip6tables", "sysctl net.bridge.bridge-nf-call-iptables", "sysctl net.ipv4.ip_forward",
            ],
            Keys(Plan(Given.Settings, [], [])));

    [Fact]
    public void a_network_brings_a_bridge_the_hosts_address_its_rules_and_a_dhcp_server()
    {
        var plan = Plan(Given.Settings, [Served], []);

        Assert.Equal(new Bridge("br100", MacAddress.ForBridge("host-a", "br100"), 1500), plan.Find("bridge br100"));
        Assert.Equal(new BridgeAddress("br100", Served.HostAddress, 24), plan.Find("address br100 10.0.0.2"));
        Assert.Equal(
            [
                $"address br100 10.0.0.2", "bridge br100", $"dhcp {Network.Id}", "element BridgePairs br100 br100", "element BridgedRanges 10.0.0.0/24",
                "element Bridges br100", "element FixedRanges 10.0.0.0/24", "element NetworkSnat 10.0.0.0/24",
            ],
            Keys(plan).Except(Keys(Plan(Given.Settings, [], []))));
        Assert.Equal("192.0.2.10", Assert.IsType<FirewallElement>(plan.Find("element NetworkSnat 10.0.0.0/24")).Value);
    }

    [Fact]
    public void a_port_is_known_by_name_mac_and_address_together_and_answered_by_dhcp()
    {
        var plan = Plan(Given.Settings, [Served], [Port]);

        Assert.Equal(
            [$"dhcp-host {Network.Id} 10.0.0.9", "element PortIp tap1 fa:16:3e:00:00:01 10.0.0.9", "element PortMac tap1 fa:16:3e:00:00:01", "element VmPorts tap1"],
            Keys(plan).Except(Keys(Plan(Given.Settings, [Served], []))));
        Assert.Equal(
            new DhcpHost(Network.Id, "br100", Served.HostAddress, Port.Address, Port.Mac, "vm1"), plan.Find($"dhcp-host {Network.Id} 10.0.0.9"));
    }

    [Fact]
    public void a_network_without_dhcp_has_neither_server_nor_answers() =>
        Assert.DoesNotContain(
            Plan(Given.Settings, [Served with { Network = Network with { EnableDhcp = false } }], [Port]).Resources, resource => resource is DhcpServer or DhcpHost);

    [Fact]
    public void without_a_routing_source_there_is_no_snat() =>
        Assert.DoesNotContain(Keys(Plan(Given.Settings with { RoutingSourceIp = null }, [Served], [])), key => key.StartsWith("element NetworkSnat", StringComparison.Ordinal));

    [Theory, InlineData(null, null, null), InlineData("eth1", null, "eth1"), InlineData(null, "eth2", "eth2"), InlineData("eth1", "eth2", "eth1")]
    public void the_workers_interface_wins_over_the_networks(string? option, string? row, string? enslaved)
    {
        var plan = Plan(Given.Settings with { FlatInterface = option }, [Served with { Network = Network with { BridgeInterface = row } }], []);

        Assert.Equal(enslaved, plan.Resources.OfType<Uplink>().SingleOrDefault()?.Interface);
        Assert.Equal(enslaved, plan.Resources.OfType<FirewallElement>().SingleOrDefault(element => element.Set == FirewallSet.Uplinks)?.Parts[0]);
    }

    [Theory, InlineData(null, null, null), InlineData("eth1", null, "eth1"), InlineData(null, "eth2", "eth2"), InlineData("eth1", "eth2", "eth1")]
    public void a_network_of_a_vlan_is_joined_by_that_vlan_of_the_nic(string? option, string? row, string? parent)
    {
        var settings = Given.Settings with { VlanInterface = option, FlatInterface = "eth9" };
        var plan = Plan(settings, [Served with { Network = Network with { Vlan = 101, Bridge = "br101", BridgeInterface = row } }], []);

        Assert.Equal(parent, plan.Resources.OfType<VlanDevice>().SingleOrDefault()?.Parent);
        Assert.Equal(parent is null ? null : new Uplink("vlan101", "br101"), plan.Resources.OfType<Uplink>().SingleOrDefault());
        Assert.Equal(parent is not null, plan.Find("element Uplinks vlan101") is not null);
    }

    [Fact]
    public void a_nics_addresses_move_to_its_bridge_and_stay_beside_its_vlans_when_that_is_allowed()
    {
        var settings = Given.Settings with { FlatInterface = "eth1", VlanInterface = "eth1", TakesInterfaceAddresses = true };
        var tagged = new ServedNetwork(Network with { Id = Given.Id(8), Vlan = 101, Bridge = "br101", Mtu = 1450 }, Given.Ip("10.0.0.1"));
        var plan = Plan(settings, [Served, tagged], []);

        Assert.Equal(new Uplink("eth1", "br100", TakesAddresses: true), plan.Find("uplink eth1"));
        Assert.Equal(new Uplink("vlan101", "br101"), plan.Find("uplink vlan101"));
        Assert.Equal(new VlanDevice("vlan101", "eth1", 101, MacAddress.ForBridge("host-a", "vlan101"), 1450, BesideAddresses: true), plan.Find("vlan vlan101"));
    }

    [Fact]
    public void a_vlan_comes_after_its_bridge_and_before_it_is_plugged_and_goes_the_other_way()
    {
        var plan = HostState.Of([new Bridge("br101", default, 1500), new VlanDevice("vlan101", "eth1", 101, default, 1500), new Uplink("vlan101", "br101")]);

        Assert.Equal(["bridge br101", "vlan vlan101", "uplink vlan101"], HostDiff.Between(plan, HostState.Empty).Select(step => step.Resource.Key));
        Assert.Equal(["uplink vlan101", "vlan vlan101", "bridge br101"], HostDiff.Between(HostState.Empty, plan).Select(step => step.Resource.Key));
    }

    [Fact]
    public void a_vpn_instance_is_reached_at_the_hosts_vpn_ip_and_where_its_network_says_and_may_send_for_others()
    {
        var kept = new ServedNetwork(Network with { VpnPrivateAddress = Port.Address, VpnPublicAddress = Given.Ip("203.0.113.5"), VpnPublicPort = 1005 }, Served.HostAddress);
        var settings = Given.Settings with { VpnIp = Given.Ip("192.0.2.10") };
        var own = Keys(Plan(settings, [kept], [Port with { IsVpn = true }])).Except(Keys(Plan(settings, [kept], [Port])));

        Assert.Equal(["element VpnDnat 192.0.2.10 1005", "element VpnDnat 203.0.113.5 1005", "element VpnPorts tap1", "element VpnRanges tap1 10.0.0.0/24"], own);
        Assert.Equal(
            "10.0.0.9 . 1194", Assert.IsType<FirewallElement>(Plan(settings, [kept], [Port with { IsVpn = true }]).Find("element VpnDnat 192.0.2.10 1005")).Value);
        Assert.DoesNotContain(Keys(Plan(settings, [kept], [Port with { IsVpn = true, Address = Given.Ip("10.0.0.10") }])), key => key.StartsWith("element VpnDnat", StringComparison.Ordinal));
    }

    [Fact]
    public void flat_manager_wants_nothing_on_a_host() =>
        Assert.Equal(HostState.Empty, Plan(Given.Settings with { Manager = NetworkManagerKind.FlatManager, FlatInterface = "eth1" }, [Served], [Port]));

    [Fact]
    public void a_nic_is_not_torn_between_two_bridges()
    {
        var other = new ServedNetwork(Network with { Id = Given.Id(7), Cidr = Cidr.Parse("10.0.7.0/24"), Bridge = "br200" }, Given.Ip("10.0.7.2"));
        var plan = Plan(Given.Settings with { FlatInterface = "eth1" }, [Served, other], []);

        Assert.Equal([new Uplink("eth1", "br100")], plan.Resources.OfType<Uplink>());
    }

    [Fact]
    public void a_gateway_address_that_all_hosts_share_does_not_cross_the_uplink()
    {
        var settings = Given.Settings with { FlatInterface = "eth1" };
        var shared = new ServedNetwork(Given.Network(shareAddress: true), Given.Ip("10.0.0.1"));

        Assert.NotNull(Plan(settings, [shared], []).Find("element Gateways eth1 10.0.0.1"));
        Assert.DoesNotContain(Keys(Plan(settings, [Served], [])), key => key.StartsWith("element Gateways", StringComparison.Ordinal));
        Assert.DoesNotContain(Keys(Plan(Given.Settings, [shared], [])), key => key.StartsWith("element Gateways", StringComparison.Ordinal));
    }

    [Fact]
    public void instances_are_told_the_host_as_router_only_where_it_has_an_address_of_its_own()
    {
        Assert.Equal(Given.Ip("10.0.0.2"), Served.Router);
        Assert.Equal(
            Given.Ip("10.0.0.254"),
            new ServedNetwork(Given.Network(Given.Creation() with { ShareAddress = true, Gateway = "10.0.0.254", DhcpServer = "10.0.0.1" }), Given.Ip("10.0.0.1")).Router);
    }

    [Fact]
    public void dns_servers_are_the_networks_or_else_the_hosts_or_both_when_that_is_asked_for()
    {
        var named = Network with { Dns = [Given.Ip("192.0.2.99")] };
        var both = Given.Settings with { AddsNetworkDns = true };

        Assert.Equal(Given.Settings.DnsServers, Given.Settings.DnsFor(Network));
        Assert.Equal([Given.Ip("192.0.2.99")], Given.Settings.DnsFor(named));
        Assert.Equal([Given.Ip("192.0.2.53"), Given.Ip("192.0.2.99")], both.DnsFor(named));
        Assert.Equal(Given.Settings.DnsServers, both.DnsFor(Network));
    }

    [Fact]
    public void dhcp_tells_what_network_and_worker_say()
    {
        var server = Assert.IsType<DhcpServer>(Plan(Given.Settings, [Served], []).Find($"dhcp {Network.Id}"));

        Assert.Equal(
            new DhcpServer(Network.Id, "br100", Served.HostAddress, Network.Cidr, 3600, "novalocal", Served.HostAddress, Given.Settings.DnsServers, 1500), server);
    }

    [Fact]
    public void every_step_reads_as_a_sentence()
    {
        var desired = Plan(Given.Settings with { FlatInterface = "eth1" }, [Served], [Port]);
        var wider = HostState.Of([new Bridge("br100", default, 9000), new Uplink("eth9", "br100")]);

        var sentences = HostDiff.Between(desired, wider).Select(action => action.ToString()!).ToList();

        Assert.All(sentences, sentence => Assert.Matches("^(Add|Change|Remove) [^{}]*({ .* })?[^{}]*\\.$", sentence));
        Assert.Equal("Remove interface eth9 as a port of br100.", sentences[0]);
        Assert.Contains($"Change bridge br100 (00:00:00:00:00:00, MTU 9000) to bridge br100 ({MacAddress.ForBridge("host-a", "br100")}, MTU 1500).", sentences);
        Assert.Contains("Add firewall element PortIp { tap1 . fa:16:3e:00:00:01 . 10.0.0.9 }.", sentences);
        Assert.Contains("Add firewall element NetworkSnat { 10.0.0.0/24 : 192.0.2.10 }.", sentences);
        Assert.Contains("Add DHCP answer 10.0.0.9 for fa:16:3e:00:00:01.", sentences);
    }

    private static HostState Plan(HostSettings settings, ServedNetwork[] networks, ServedPort[] ports) => HostPlanner.Plan(new HostView("host-a", settings, networks, ports));

    private static IEnumerable<string> Keys(HostState state) => state.Resources.Select(resource => resource.Key).Order(StringComparer.Ordinal);
}
