using System.Globalization;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.HostPlan;

/// <summary>A project's VPN instance: it is reached from outside, and sends for those who came through it.</summary>
internal static class VpnPlan
{
    /// <summary>UDP port of the VPN server in the instance (nova: ensure_vpn_forward).</summary>
    private const int ServerPort = 1194;

    /// <summary>
    /// Of one port of such an instance, on its own host. It may send from any MAC address (it may be a bridge for its clients), and from any address that is not
    /// another network's. It is reached at this host's vpn_ip and where its network says.
    /// </summary>
    public static IEnumerable<FirewallElement> OfPort(HostView view, Network network, ServedPort port)
    {
        yield return new FirewallElement(FirewallSet.VpnPorts, [port.PortName]);
        yield return new FirewallElement(FirewallSet.VpnRanges, [port.PortName, network.Cidr.ToString()]);
        if (network.VpnPublicPort is not { } publicPort || port.Address != network.VpnPrivateAddress)
        {
            yield break;
        }

        foreach (var address in new[] { view.Settings.VpnIp, network.VpnPublicAddress }.OfType<Ipv4>().Distinct())
        {
            yield return new FirewallElement(FirewallSet.VpnDnat, [address.ToString(), Text(publicPort)], $"{port.Address} . {Text(ServerPort)}");
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
