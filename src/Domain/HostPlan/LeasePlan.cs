using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.HostPlan;

/// <summary>
/// Networks that one host serves for all: what that host answers for only while it holds its lease, or is silent about, and where DHCP crosses from host to host.
/// </summary>
internal static class LeasePlan
{
    /// <summary>On the host that is the network's gateway, will be or was.</summary>
    public static IEnumerable<FirewallElement> OfNetwork(ServedNetwork served) => !served.Network.HasOneHost ? [] :
    [
        new(FirewallSet.LeasedRanges, [served.Network.Cidr.ToString()]),
        new(FirewallSet.LeasedBridges, [served.Network.Bridge]),
        .. OfAddress(served, served.HostAddress.ToString()),
    ];

    /// <summary>Of floating IPs alone, which go with them.</summary>
    public static IEnumerable<FirewallElement> OfFloatings(HostView view) =>
        from floating in view.Floatings
        from served in view.Networks
        where served.Network.Id == floating.NetworkId && served.Network.HasOneHost
        from element in OfAddress(served, floating.Address.ToString())
        select element;

    /// <summary>Of what joins the network's bridge to those of other hosts; null: DHCP stays on each host.</summary>
    public static FirewallElement? OfUplink(Network network, string uplink) =>
        network is { HasOneHost: true, EnableDhcp: true } ? new FirewallElement(FirewallSet.DhcpUplinks, [uplink]) : null;

    /// <summary>Of a port on this host; null: its DHCP server is here.</summary>
    public static FirewallElement? OfPort(Network network, ServedPort port) =>
        network is { HasOneHost: true, EnableDhcp: true } ? new FirewallElement(FirewallSet.DhcpPorts, [port.PortName]) : null;

    private static IEnumerable<FirewallElement> OfAddress(ServedNetwork served, string address)
    {
        yield return new FirewallElement(FirewallSet.LeasedAddresses, [address]);
        if (served.Part == NetworkPart.Silent)
        {
            yield return new FirewallElement(FirewallSet.SilentAddresses, [address]);
        }
    }
}
