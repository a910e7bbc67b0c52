using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.HostPlan;

/// <summary>What a host must look like, for what it must serve.</summary>
public static class HostPlanner
{
    /// <summary>Of the constant firewall rules that the plan's elements are written for.</summary>
    public const int FirewallVersion = 7;

    /// <summary>
    /// The desired state for a view. A view of one port gives the part of the whole plan that this port needs: the plan of a host is the
    /// union of the plans of its ports.
    /// </summary>
    public static HostState Plan(HostView view) => view.Settings.Manager == NetworkManagerKind.FlatManager ? HostState.Empty : HostState.Of(
        [.. Base(view.Settings), .. view.Networks.SelectMany(served => NetworkPlan(view, served)), .. TranslationPlan.SharedByFloatings(Served(view)), .. Own(view)]);

    /// <summary>The part of the plan that only these ports and floating IPs need, and that goes with them.</summary>
    public static HostState PlanOfOwn(HostView view) => view.Settings.Manager == NetworkManagerKind.FlatManager ? HostState.Empty : HostState.Of(Own(view));

    /// <summary>Floating IPs are where their network is served.</summary>
    private static HostView Served(HostView view)
    {
        var elsewhere = view.Networks.Where(served => served.Part == NetworkPart.Bridge).Select(served => served.Network.Id).ToHashSet();
        return elsewhere.Count == 0 ? view : view with { Floatings = [.. view.Floatings.Where(floating => !elsewhere.Contains(floating.NetworkId))] };
    }

    private static IEnumerable<HostResource> Own(HostView view) => [.. view.Ports.SelectMany(port => PortPlan(view, port)), .. TranslationPlan.OfFloatings(Served(view)), .. LeasePlan.OfFloatings(Served(view))];

    private static IEnumerable<HostResource> Base(HostSettings settings) =>
    [
        new Sysctl("net.ipv4.ip_forward", "1"),
        new Sysctl("net.bridge.bridge-nf-call-iptables", "0"),
        new Sysctl("net.bridge.bridge-nf-call-ip6tables", "0"),
        new Sysctl("net.bridge.bridge-nf-call-arptables", "0"),
        new FirewallRules(FirewallVersion),
        .. Ipv6Plan.OfHost(settings),
        .. TranslationPlan.OfHost(settings),
    ];

    private static IEnumerable<HostResource> NetworkPlan(HostView view, ServedNetwork served)
    {
        var network = served.Network;
        yield return new Bridge(network.Bridge, MacAddress.ForBridge(view.Host, network.Bridge), network.Mtu);
        yield return Element(FirewallSet.Bridges, network.Bridge);
        foreach (var element in ClosedPlan.OfNetwork(view, served))
        {
            yield return element;
        }

        foreach (var resource in UplinkPlan(view, served).Concat(served.Part == NetworkPart.Bridge ? [] : GatewayPlan(view, served)))
        {
            yield return resource;
        }
    }

    private static IEnumerable<HostResource> UplinkPlan(HostView view, ServedNetwork served)
    {
        var network = served.Network;
        if (UplinkOf(view.Settings, network) is { } uplink)
        {
            if (network.Vlan is { } vlan)
            {
                yield return new VlanDevice(
                    uplink, NicOf(view.Settings, network)!, vlan, MacAddress.ForBridge(view.Host, uplink), network.Mtu, view.Settings.TakesInterfaceAddresses);
            }

            yield return new Uplink(uplink, network.Bridge, network.Vlan is null && view.Settings.TakesInterfaceAddresses && uplink != view.Settings.PublicInterface);
            yield return Element(FirewallSet.Uplinks, uplink);
            if (network is { MultiHost: true, ShareAddress: true })
            {
                yield return Element(FirewallSet.Gateways, uplink, served.HostAddress.ToString());
            }

            if (LeasePlan.OfUplink(network, uplink) is { } crossing)
            {
                yield return crossing;
            }

            foreach (var element in Ipv6Plan.OfUplink(view, network, uplink))
            {
                yield return element;
            }
        }
    }

    private static IEnumerable<HostResource> GatewayPlan(HostView view, ServedNetwork served)
    {
        var network = served.Network;
        yield return new BridgeAddress(network.Bridge, served.HostAddress, network.Cidr.PrefixLength);
        yield return Element(FirewallSet.BridgePairs, network.Bridge, network.Bridge);
        foreach (var element in TranslationPlan.OfNetwork(view, served).Concat(LeasePlan.OfNetwork(served)))
        {
            yield return element;
        }

        foreach (var resource in Ipv6Plan.OfGateway(view, served))
        {
            yield return resource;
        }

        foreach (var resource in served.Part == NetworkPart.Silent ? [] : ServicePlan(view, served))
        {
            yield return resource;
        }
    }

    /// <summary>What answers by a program, which cannot be silenced address by address.</summary>
    private static IEnumerable<HostResource> ServicePlan(HostView view, ServedNetwork served) =>
    [
        .. MetadataPlan.OfNetwork(view.Settings, served.Network, UplinkOf(view.Settings, served.Network)),
        .. served.Network.EnableDhcp || Ipv6Plan.RangeOf(view.Settings, served.Network) is not null ? (DhcpServer[])[DhcpOf(view.Settings, served)] : [],
    ];

    /// <summary>What joins the network's bridge to those of other hosts: the NIC, or its VLAN; null: nothing, it is all on this host.</summary>
    private static string? UplinkOf(HostSettings settings, Network network) =>
        NicOf(settings, network) is { } nic ? network.Vlan is { } vlan ? VlanDevice.NameOf(vlan) : nic : null;

    /// <summary>The worker's option wins over the network's row, so that hosts may name their NICs differently (nova: LinuxBridge plug).</summary>
    private static string? NicOf(HostSettings settings, Network network) =>
        (network.Vlan is not null ? settings.VlanInterface : network.Bridge == settings.FlatBridge ? settings.FlatInterface : null) ?? network.BridgeInterface;

    private static DhcpServer DhcpOf(HostSettings settings, ServedNetwork served)
    {
        var network = served.Network;
        return new DhcpServer(
            network.Id, network.Bridge, served.HostAddress, network.Cidr, settings.LeaseSeconds, settings.DomainName,
            served.Router, settings.DnsFor(network), network.Mtu)
        {
            AnswersDhcp = network.EnableDhcp,
            Advertised = Ipv6Plan.RangeOf(settings, network),
        };
    }

    private static IEnumerable<HostResource> PortPlan(HostView view, ServedPort port)
    {
        var served = view.Networks.First(network => network.Network.Id == port.NetworkId);
        var mac = port.Mac.ToString();
        if (port.IsHere)
        {
            yield return Element(FirewallSet.VmPorts, port.PortName);
            yield return Element(FirewallSet.PortMac, port.PortName, mac);
            yield return Element(FirewallSet.PortIp, port.PortName, mac, port.Address.ToString());
            if (LeasePlan.OfPort(served.Network, port) is { } asking)
            {
                yield return asking;
            }

            foreach (var element in Ipv6Plan.OfPort(view.Settings, served.Network, port).Concat(port.IsVpn ? VpnPlan.OfPort(view, served.Network, port) : []))
            {
                yield return element;
            }
        }

        if (served.Network.EnableDhcp && port.IsOffered && served.Part == NetworkPart.Gateway)
        {
            yield return new DhcpHost(port.NetworkId, served.Network.Bridge, served.HostAddress, port.Address, port.Mac, port.Hostname, port.IsFirst || !view.Settings.HasSingleDefaultGateway);
        }
    }

    private static FirewallElement Element(FirewallSet set, params ReadOnlySpan<string> parts) => new(set, ValueList.Of(parts));
}
