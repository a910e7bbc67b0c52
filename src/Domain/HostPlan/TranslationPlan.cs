using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.HostPlan;

/// <summary>The way out and the way in: which addresses a host translates into which, and between which interfaces it forwards.</summary>
internal static class TranslationPlan
{
    /// <summary>Whatever networks the host serves.</summary>
    public static IEnumerable<FirewallElement> OfHost(HostSettings settings) =>
    [
        Element(FirewallSet.PublicInterfaces, settings.PublicInterface),
        .. Outermost([.. settings.DmzCidrs, .. MetadataPlan.MustSeeInstances(settings)]).Select(cidr => Element(FirewallSet.NoSnat, cidr)),
        .. Outermost(settings.ForceSnatRanges).SelectMany(cidr => new[] { Element(FirewallSet.ForcedDestinations, cidr), Element(FirewallSet.RoutedDestinations, cidr) }),
        .. (settings.ForwardInterfaces ?? []).Select(nic => Element(FirewallSet.ForwardInterfaces, nic)),
    ];

    /// <summary>Of a network that the host serves. Whether its gateway is another machine is the network's to say, never a host's own address (nova's flaw: an unshared multi_host network lost its SNAT).</summary>
    public static IEnumerable<FirewallElement> OfNetwork(HostView view, ServedNetwork served)
    {
        var network = served.Network;
        var cidr = network.Cidr.ToString();
        yield return Element(FirewallSet.FixedRanges, cidr);
        yield return Element(FirewallSet.BridgedRanges, cidr);
        if (view.Settings.RoutingSourceIp is { } source)
        {
            yield return Element(FirewallSet.NetworkSnat, cidr) with { Value = source.ToString() };
        }

        if (view.Settings.ForwardInterfaces is not null)
        {
            yield return Element(FirewallSet.LimitedBridges, network.Bridge);
        }

        if (HasExternalGateway(network))
        {
            yield return Element(FirewallSet.ExternalRanges, cidr);
            yield return Element(FirewallSet.RoutedRanges, cidr) with { Value = MacOf(view, network) };
        }
    }

    /// <summary>Of the floating IPs alone, which go with them.</summary>
    public static IEnumerable<HostResource> OfFloatings(HostView view)
    {
        foreach (var floating in view.Floatings)
        {
            yield return Element(FirewallSet.FloatingDnat, floating.Address.ToString()) with { Value = floating.FixedIp.ToString() };
            yield return new FloatingAddress(InterfaceOf(view, floating), floating.Address);
        }

        foreach (var floating in view.Floatings.DistinctBy(floating => floating.FixedIp))
        {
            yield return Element(FirewallSet.FloatingSnat, floating.FixedIp.ToString()) with { Value = floating.Address.ToString() };
            if (view.Networks.FirstOrDefault(served => served.Network.Id == floating.NetworkId)?.Network is { } network && HasExternalGateway(network))
            {
                yield return Element(FirewallSet.RoutedAddresses, floating.FixedIp.ToString()) with { Value = MacOf(view, network) };
            }
        }
    }

    /// <summary>What floating IPs need and share with others.</summary>
    public static IEnumerable<FirewallElement> SharedByFloatings(HostView view) =>
        view.Floatings.Select(floating => InterfaceOf(view, floating)).Distinct().Select(nic => Element(FirewallSet.PublicInterfaces, nic));

    private static string InterfaceOf(HostView view, ServedFloating floating) => floating.Interface is { } named ? view.Settings.InPlaceOf(named) : view.Settings.PublicInterface;

    private static string MacOf(HostView view, Network network) => MacAddress.ForBridge(view.Host, network.Bridge).ToString();

    /// <summary>Where each host has an address of its own, that is what instances are told; else the gateway is the DHCP server or somebody else (nova: init_host).</summary>
    private static bool HasExternalGateway(Network network) => !network.NeedsAddressPerHost && network.Gateway != network.DhcpServer;

    /// <summary>A set of ranges takes none twice, nor one within another.</summary>
    private static IEnumerable<string> Outermost(ValueList<Cidr> ranges) =>
        ranges.Distinct().Where(range => !ranges.Any(other => other != range && other.Contains(range))).Select(range => range.ToString());

    private static FirewallElement Element(FirewallSet set, string part) => new(set, [part]);
}
