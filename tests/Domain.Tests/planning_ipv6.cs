using CsCheck;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class planning_ipv6
{
    private static readonly HostSettings Settings = Given.Settings with { UsesIpv6 = true, FlatInterface = "eth1" };
    private static readonly Network Network = Given.Network(Given.Creation() with { CidrV6 = "fd00:1::/64" });
    private static readonly ServedPort Port = new(Network.Id, "tap1", MacAddress.ForInstance(1), Given.Ip("10.0.0.9"), "vm1");
    private static readonly string Own = LinkLocal("host-a"), Shared = LinkLocal(Network.Id.ToString());

    [Fact]
    public void each_host_of_a_network_is_its_gateway_with_a_link_local_address_of_its_own() => Assert.Equal(
        [
            "address br100 fd00:1::1", $"address br100 {Own}", $"dhcp {Network.Id}", "element Gateways6 eth1 fd00:1::1", "ipv6 br100",
            "sysctl net.ipv6.conf.all.forwarding", "sysctl net.ipv6.conf.eth0.accept_ra",
        ],
        Brought(Network, []));

    [Fact]
    public void a_port_may_send_from_what_its_nic_gives_itself_and_nothing_else() => Assert.Equal(
        ["element Ip6Ports tap1", "element PortIp6 tap1 fa:16:3e:00:00:01 fd00:1::f816:3eff:fe00:1", "element PortIp6 tap1 fa:16:3e:00:00:01 fe80::f816:3eff:fe00:1"],
        Brought(Network, [Port]).Except(Brought(Network, [])));

    [Theory]
    [InlineData(NetworkPart.Gateway, true, true, false)]
    [InlineData(NetworkPart.Silent, true, false, true)]
    [InlineData(NetworkPart.Bridge, false, false, false)]
    public void where_one_host_serves_all_it_has_the_networks_link_local_address_and_answers_while_its_lease_lasts(NetworkPart part, bool hasAddress, bool advertises, bool isSilent)
    {
        var plan = Plan(Settings, new ServedNetwork(Network with { MultiHost = false }, Given.Ip("10.0.0.1")) { Part = part }, [Port]);

        foreach (var address in (ReadOnlySpan<string>)[Shared, "fd00:1::1"])
        {
            Assert.Equal(hasAddress, plan.Find($"address br100 {address}") is BridgeAddressV6 { PrefixLength: 64 });
            Assert.Equal(hasAddress, plan.Find($"element LeasedAddresses6 {address}") is not null);
            Assert.Equal(isSilent, plan.Find($"element SilentAddresses6 {address}") is not null);
        }

        Assert.Equal(hasAddress, plan.Find("element LeasedRanges6 fd00:1::/64") is not null);
        Assert.Equal(advertises, plan.Find($"dhcp {Network.Id}") is DhcpServer { Advertised: not null });
        Assert.NotNull(plan.Find("element AdvertUplinks eth1"));
        Assert.NotNull(plan.Find("element Ip6Ports tap1"));
        Assert.Null(plan.Find("element Gateways6 eth1 fd00:1::1"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void a_network_is_advertised_with_dhcp_and_without(bool dhcp)
    {
        var server = Plan(Settings, new ServedNetwork(Network with { EnableDhcp = dhcp }, Given.Ip("10.0.0.2")), []).Find($"dhcp {Network.Id}");

        Assert.Equal((dhcp, Network.CidrV6), Assert.IsType<DhcpServer>(server) is var found ? (found.AnswersDhcp, found.Advertised) : default);
        Assert.Equal((dhcp ? "DHCP server 10.0.0.2 for 10.0.0.0/24 and " : "") + "router advertisements of fd00:1::/64 on br100", server.Noun);
    }

    [Fact]
    public void the_host_is_told_to_keep_its_router_before_it_becomes_one()
    {
        var steps = HostDiff.Between(Plan(Settings with { PublicInterface = "zz0.7" }, Served(Network), []), HostState.Empty).Select(step => step.Resource.Key).ToList();

        Assert.InRange(steps.IndexOf("sysctl net.ipv6.conf.zz0/7.accept_ra"), 0, steps.IndexOf("sysctl net.ipv6.conf.all.forwarding") - 1);
        Assert.Null(Plan(Settings with { PublicInterface = "br100" }, Served(Network), []).Find("sysctl net.ipv6.conf.br100.accept_ra"));
    }

    [Fact]
    public void a_network_without_a_range_and_a_worker_without_the_option_have_none_of_it()
    {
        var without = Plan(Settings with { UsesIpv6 = false }, Served(Network), [Port]);
        var other = Plan(Settings, Served(Network with { CidrV6 = null, GatewayV6 = null }), [Port]);

        Assert.Equal(Plan(Given.Settings with { FlatInterface = "eth1" }, Served(Network with { CidrV6 = null }), [Port]), without);
        Assert.Equal(["sysctl net.ipv6.conf.all.forwarding", "sysctl net.ipv6.conf.eth0.accept_ra"], Keys(other).Except(Keys(without)));
    }

    [Fact]
    public void no_two_nics_have_an_address_in_common_and_each_lies_in_its_range() => Gen.Select(Gen.UInt[0, 0xffffff], Gen.UInt[0, 0xffffff]).Sample(
        (one, two) =>
        {
            var ports = new[] { one, two }.Select((random, place) => Port with { PortName = "tap" + place, Mac = MacAddress.ForInstance(random) }).ToArray();
            var addresses = Plan(Settings, Served(Network), ports).Resources.OfType<FirewallElement>().Where(element => element.Set == FirewallSet.PortIp6)
                .Select(element => (Port: element.Parts[0], Address: Ipv6.Parse(element.Parts[2]))).ToList();

            Assert.Equal(4, addresses.Count);
            Assert.Equal(one == two ? 2 : 4, addresses.Select(element => element.Address).Distinct().Count());
            Assert.All(addresses, element => Assert.True(Network.CidrV6!.Value.Contains(element.Address) || Ipv6Cidr.LinkLocal.Contains(element.Address)));
        },
        iter: 300);

    private static IEnumerable<string> Brought(Network network, ServedPort[] ports)
    {
        var before = Plan(Settings with { UsesIpv6 = false }, Served(network), ports);
        return HostDiff.Between(Plan(Settings, Served(network), ports), before).Select(step => step.Resource.Key).Order(StringComparer.Ordinal);
    }

    private static string LinkLocal(string owner) => Ipv6Cidr.LinkLocal.AddressOf(MacAddress.ForBridge(owner, "br100")).ToString();

    private static ServedNetwork Served(Network network) => new(network, Given.Ip("10.0.0.2"));

    private static HostState Plan(HostSettings settings, ServedNetwork network, ServedPort[] ports) => HostPlanner.Plan(new HostView("host-a", settings, [network], ports));

    private static IEnumerable<string> Keys(HostState state) => state.Resources.Select(resource => resource.Key).Order(StringComparer.Ordinal);
}
