using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

public sealed class closing_networks
{
    private static readonly HostSettings Closed = Given.Settings with { AllowsSameNetTraffic = false };
    private static readonly Network Network = Given.Network(Given.Creation() with { CidrV6 = "fd00:1::/64", Gateway = "10.0.0.254", DhcpServer = "10.0.0.1" });

    [Fact]
    public void a_closed_network_is_open_to_its_gateway_its_dhcp_server_and_its_host() => Assert.Equal(
        [
            "element ClosedPairs 10.0.0.0/24 10.0.0.0/24", "element ClosedRanges 10.0.0.0/24",
            "element OpenAddresses 10.0.0.1", "element OpenAddresses 10.0.0.254", "element OpenAddresses 10.0.0.7",
        ],
        Brought(Closed));

    [Fact]
    public void so_is_its_ipv6_and_its_link_local_addresses() => Assert.Equal(
        [
            "element ClosedPairs6 fd00:1::/64 fd00:1::/64", "element ClosedRanges6 fd00:1::/64", "element ClosedRanges6 fe80::/64", "element OpenAddresses6 fd00:1::1",
            $"element OpenAddresses6 {Ipv6Cidr.LinkLocal.AddressOf(MacAddress.ForBridge("host-a", "br100"))}",
        ],
        Brought(Closed with { UsesIpv6 = true }).Where(key => key.Contains("6 f", StringComparison.Ordinal)));

    [Fact]
    public void a_port_more_needs_nothing_more()
    {
        var port = new ServedPort(Network.Id, "tap1", MacAddress.ForInstance(1), Given.Ip("10.0.0.9"), "vm1");

        Assert.Equal(Brought(Closed), Brought(Closed, port));
    }

    [Theory, InlineData(NetworkPart.Gateway), InlineData(NetworkPart.Silent), InlineData(NetworkPart.Bridge)]
    public void it_is_closed_on_every_host_whoever_serves_it(NetworkPart part) =>
        Assert.NotNull(Plan(Closed, part).Find("element ClosedRanges 10.0.0.0/24"));

    private static IEnumerable<string> Brought(HostSettings settings, params ServedPort[] ports) => HostDiff.Between(
            Plan(settings, NetworkPart.Gateway, ports), Plan(settings with { AllowsSameNetTraffic = true }, NetworkPart.Gateway, ports))
        .Select(step => step.Resource.Key).Order(StringComparer.Ordinal);

    private static HostState Plan(HostSettings settings, NetworkPart part, params ServedPort[] ports) =>
        HostPlanner.Plan(new HostView("host-a", settings, [new ServedNetwork(Network, Given.Ip("10.0.0.7")) { Part = part }], ports));
}
