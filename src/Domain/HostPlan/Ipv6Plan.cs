using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.HostPlan;

/// <summary>
/// IPv6 of the networks that have a range of it (use_ipv6): the host that serves a network routes it, and instances give themselves the address that follows from
/// their MAC address. Nothing is translated.
/// </summary>
internal static class Ipv6Plan
{
    /// <summary>Whatever networks the host serves. Where the way out is a bridge of ours, that learns no router anyway.</summary>
    public static IEnumerable<Sysctl> OfHost(HostSettings settings) => !settings.UsesIpv6 ? [] :
    [
        .. settings.PublicInterface == settings.FlatBridge ? (Sysctl[])[] : [Sysctl.KeepsItsRouter(settings.PublicInterface)],
        new Sysctl(Sysctl.Ipv6Forwarding, "1"),
    ];

    /// <summary>The range that a network has on such a host; null: none.</summary>
    public static Ipv6Cidr? RangeOf(HostSettings settings, Network network) => settings.UsesIpv6 ? network.CidrV6 : null;

    /// <summary>The router's addresses: the one that instances are told, and the one that its advertisements come from.</summary>
    public static IEnumerable<Ipv6> RouterOf(HostView view, Network network) =>
        RangeOf(view.Settings, network) is { } range ? [network.GatewayV6 ?? range.Network + 1, LinkLocalOf(view, network)] : [];

    /// <summary>Of what joins the network's bridge to those of other hosts: router advertisements cross it only where one host serves all.</summary>
    public static IEnumerable<FirewallElement> OfUplink(HostView view, Network network, string uplink) => RangeOf(view.Settings, network) is not { } range ? [] :
    [
        network.HasOneHost
            ? new FirewallElement(FirewallSet.AdvertUplinks, [uplink])
            : new FirewallElement(FirewallSet.Gateways6, [uplink, (network.GatewayV6 ?? range.Network + 1).ToString()]),
    ];

    /// <summary>On the host that is the network's gateway, will be or was.</summary>
    public static IEnumerable<HostResource> OfGateway(HostView view, ServedNetwork served)
    {
        var network = served.Network;
        if (RangeOf(view.Settings, network) is not { } range)
        {
            yield break;
        }

        yield return new BridgeIpv6(network.Bridge);
        foreach (var address in RouterOf(view, network))
        {
            yield return new BridgeAddressV6(network.Bridge, address, range.PrefixLength);
            if (network.HasOneHost)
            {
                yield return new FirewallElement(FirewallSet.LeasedAddresses6, [address.ToString()]);
            }

            if (served.Part == NetworkPart.Silent)
            {
                yield return new FirewallElement(FirewallSet.SilentAddresses6, [address.ToString()]);
            }
        }

        if (network.HasOneHost)
        {
            yield return new FirewallElement(FirewallSet.LeasedRanges6, [range.ToString()]);
        }
    }

    /// <summary>Of a port on this host: what its NIC may send from and answer for.</summary>
    public static IEnumerable<FirewallElement> OfPort(HostSettings settings, Network network, ServedPort port) => RangeOf(settings, network) is not { } range ? [] :
    [
        new FirewallElement(FirewallSet.Ip6Ports, [port.PortName]),
        .. new[] { range, Ipv6Cidr.LinkLocal }.Select(own => new FirewallElement(FirewallSet.PortIp6, [port.PortName, port.Mac.ToString(), own.AddressOf(port.Mac).ToString()])),
    ];

    /// <summary>
    /// Each host its own, so that it can find instances on other hosts without being taken for their router; but where one host serves all it is the network's,
    /// and its next host is the same router to its instances.
    /// </summary>
    private static Ipv6 LinkLocalOf(HostView view, Network network) =>
        Ipv6Cidr.LinkLocal.AddressOf(MacAddress.ForBridge(network.HasOneHost ? network.Id.ToString() : view.Host, network.Bridge));
}
