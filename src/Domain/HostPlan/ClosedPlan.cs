using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.HostPlan;

/// <summary>Networks whose instances do not reach each other (allow_same_net_traffic=false), neither over their bridge nor through the host.</summary>
internal static class ClosedPlan
{
    /// <summary>Of a network that has something on this host; nothing when instances may reach each other.</summary>
    public static IEnumerable<FirewallElement> OfNetwork(HostView view, ServedNetwork served) =>
        view.Settings.AllowsSameNetTraffic ? [] : [.. OfV4(served), .. OfV6(view, served.Network)];

    private static IEnumerable<FirewallElement> OfV4(ServedNetwork served)
    {
        var cidr = served.Network.Cidr.ToString();
        yield return new FirewallElement(FirewallSet.ClosedRanges, [cidr]);
        yield return new FirewallElement(FirewallSet.ClosedPairs, [cidr, cidr]);
        foreach (var address in new[] { served.Network.Gateway, served.Network.DhcpServer, served.HostAddress }.OfType<Ipv4>().Distinct())
        {
            yield return new FirewallElement(FirewallSet.OpenAddresses, [address.ToString()]);
        }
    }

    private static IEnumerable<FirewallElement> OfV6(HostView view, Network network)
    {
        if (Ipv6Plan.RangeOf(view.Settings, network)?.ToString() is not { } range)
        {
            yield break;
        }

        yield return new FirewallElement(FirewallSet.ClosedRanges6, [range]);
        yield return new FirewallElement(FirewallSet.ClosedRanges6, [Ipv6Cidr.LinkLocal.ToString()]);
        yield return new FirewallElement(FirewallSet.ClosedPairs6, [range, range]);
        foreach (var address in Ipv6Plan.RouterOf(view, network))
        {
            yield return new FirewallElement(FirewallSet.OpenAddresses6, [address.ToString()]);
        }
    }
}
