namespace NovaNetBus.Domain.HostPlan;

/// <summary>The sets and maps of the firewall rules.</summary>
public enum FirewallSet
{
    /// <summary>inet: CIDRs of our networks.</summary>
    FixedRanges,

    /// <summary>inet: destinations that instances reach with their own address (dmz_cidr).</summary>
    NoSnat,

    /// <summary>inet map: CIDR of a network to the source address that its instances leave with.</summary>
    NetworkSnat,

    /// <summary>inet: CIDRs of networks with an external gateway, which are translated towards <see cref="ForcedDestinations"/> only.</summary>
    ExternalRanges,

    /// <summary>inet: destinations towards which the networks with an external gateway are translated too (force_snat_range).</summary>
    ForcedDestinations,

    /// <summary>inet: interfaces by which SNAT leaves (public_interface, and those of floating ranges).</summary>
    PublicInterfaces,

    /// <summary>inet and arp: our bridges.</summary>
    Bridges,

    /// <summary>inet: (bridge, bridge) between which the host may route.</summary>
    BridgePairs,

    /// <summary>inet: bridges that forward to <see cref="ForwardInterfaces"/> only.</summary>
    LimitedBridges,

    /// <summary>inet: interfaces that limited bridges forward to and from (forward_bridge_interface).</summary>
    ForwardInterfaces,

    /// <summary>inet map: floating IP to fixed IP.</summary>
    FloatingDnat,

    /// <summary>inet map: fixed IP to floating IP.</summary>
    FloatingSnat,

    /// <summary>inet map: bridge to (address, TCP port) of who answers 169.254.169.254 for its instances.</summary>
    Metadata,

    /// <summary>inet map: (address, UDP port) to the (address, port) of a project's VPN instance.</summary>
    VpnDnat,

    /// <summary>bridge: ports of VPN instances, which send for others.</summary>
    VpnPorts,

    /// <summary>bridge: (port, CIDR) of the network whose addresses the port of a VPN instance may send from.</summary>
    VpnRanges,

    /// <summary>bridge: names of the ports of instances.</summary>
    VmPorts,

    /// <summary>bridge: (port, MAC).</summary>
    PortMac,

    /// <summary>bridge: (port, MAC, fixed IP).</summary>
    PortIp,

    /// <summary>bridge: enslaved NICs.</summary>
    Uplinks,

    /// <summary>bridge: (uplink, address) that must not cross it: 169.254.169.254, and the gateway when every host has the same.</summary>
    Gateways,

    /// <summary>bridge: CIDRs of our networks: what is sent there stays on the bridge.</summary>
    BridgedRanges,

    /// <summary>bridge map: fixed IP with a floating one, in a network with an external gateway, to its bridge's MAC: the host routes what it sends out.</summary>
    RoutedAddresses,

    /// <summary>bridge map: CIDR of a network with an external gateway to its bridge's MAC: the host routes what is sent to <see cref="RoutedDestinations"/>.</summary>
    RoutedRanges,

    /// <summary>bridge: destinations of force_snat_range.</summary>
    RoutedDestinations,

    /// <summary>inet and arp: addresses that this host answers for only while its lease lasts: gateways and floating IPs of networks that one host serves.</summary>
    LeasedAddresses,

    /// <summary>inet: CIDRs of networks that one host serves: forwarded only while the lease lasts.</summary>
    LeasedRanges,

    /// <summary>inet and arp: bridges whose instances are told of themselves (169.254.169.254) only while the lease lasts.</summary>
    LeasedBridges,

    /// <summary>inet and arp: addresses that this host has and is silent about, as another host answers for them.</summary>
    SilentAddresses,

    /// <summary>bridge: ports of instances whose DHCP server may be on another host.</summary>
    DhcpPorts,

    /// <summary>bridge: uplinks of bridges with a network that one host serves: DHCP crosses these.</summary>
    DhcpUplinks,

    /// <summary>bridge: ports that IPv6 passes.</summary>
    Ip6Ports,

    /// <summary>bridge: (port, MAC, IPv6 address that its NIC gives itself).</summary>
    PortIp6,

    /// <summary>bridge: (uplink, IPv6 address) that must not cross it: the gateway that every host is.</summary>
    Gateways6,

    /// <summary>bridge: uplinks of bridges with a network that one host serves: router advertisements cross these.</summary>
    AdvertUplinks,

    /// <summary>inet: as <see cref="LeasedAddresses"/>, of IPv6.</summary>
    LeasedAddresses6,

    /// <summary>inet: as <see cref="LeasedRanges"/>, of IPv6.</summary>
    LeasedRanges6,

    /// <summary>inet: as <see cref="SilentAddresses"/>, of IPv6.</summary>
    SilentAddresses6,

    /// <summary>bridge: CIDRs whose instances reach none on their bridge (allow_same_net_traffic=false).</summary>
    ClosedRanges,

    /// <summary>bridge: addresses of those that all reach all the same: gateway, DHCP server, this host.</summary>
    OpenAddresses,

    /// <summary>inet: (CIDR, the same CIDR) of networks whose instances do not reach each other through the host either.</summary>
    ClosedPairs,

    /// <summary>bridge: as <see cref="ClosedRanges"/>, of IPv6.</summary>
    ClosedRanges6,

    /// <summary>bridge: as <see cref="OpenAddresses"/>, of IPv6.</summary>
    OpenAddresses6,

    /// <summary>inet: as <see cref="ClosedPairs"/>, of IPv6.</summary>
    ClosedPairs6,
}
