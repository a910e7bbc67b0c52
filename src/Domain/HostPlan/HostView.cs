using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.HostPlan;

/// <summary>All that the plan of one host, or of one port of it, depends on.</summary>
/// <param name="Host">The host's name.</param>
/// <param name="Settings">The worker's options.</param>
/// <param name="Networks">Networks that have something on this host.</param>
/// <param name="Ports">Ports of instances on this host; their networks are among <paramref name="Networks"/>.</param>
public sealed record HostView(string Host, HostSettings Settings, IReadOnlyList<ServedNetwork> Networks, IReadOnlyList<ServedPort> Ports)
{
    /// <summary>Floating IPs of these ports. Where several lead to one fixed IP, the instance leaves by the first of them.</summary>
    public IReadOnlyList<ServedFloating> Floatings { get; init; } = [];
}

/// <summary>A worker's options that shape its host.</summary>
/// <param name="PublicInterface">By which SNAT leaves.</param>
/// <param name="FlatBridge">flat_network_bridge.</param>
/// <param name="FlatInterface">NIC to enslave to <paramref name="FlatBridge"/>, whatever a network's row says; null: the row's. A NIC has one bridge, so other bridges keep to their rows.</param>
/// <param name="RoutingSourceIp">The source that instances leave with; null: their own, no SNAT.</param>
/// <param name="DmzCidrs">Destinations reached without SNAT.</param>
/// <param name="LeaseSeconds">dhcp_lease_time.</param>
/// <param name="DomainName">dhcp_domain; may be empty.</param>
/// <param name="DnsServers">dns_server; see <see cref="DnsFor"/>.</param>
public sealed record HostSettings(
    string PublicInterface, string FlatBridge, string? FlatInterface, Ipv4? RoutingSourceIp, ValueList<Cidr> DmzCidrs, int LeaseSeconds, string DomainName, ValueList<Ipv4> DnsServers)
{
    /// <summary>network_manager: with FlatManager nothing of ours is on a host.</summary>
    public NetworkManagerKind Manager { get; init; } = NetworkManagerKind.FlatDHCPManager;

    /// <summary>flat_injected, with FlatManager: instances get their configuration in their image.</summary>
    public bool InjectsConfiguration { get; init; }

    /// <summary>use_ipv6: networks that have an IPv6 range use it.</summary>
    public bool UsesIpv6 { get; init; }

    /// <summary>allow_same_net_traffic: instances of one network reach each other.</summary>
    public bool AllowsSameNetTraffic { get; init; } = true;

    /// <summary>use_single_default_gateway: only an instance's first NIC is told a router.</summary>
    public bool HasSingleDefaultGateway { get; init; }

    /// <summary>use_network_dns_servers: instances are told the network's DNS servers beside the host's, not in their place.</summary>
    public bool AddsNetworkDns { get; init; }

    /// <summary>vpn_ip: where projects' VPN instances on this host are reached; null: nowhere.</summary>
    public Ipv4? VpnIp { get; init; }

    /// <summary>force_dhcp_release: who is not answered any more loses his lease at once; else it is left to run.</summary>
    public bool EndsLeases { get; init; } = true;

    /// <summary>vlan_interface: the NIC whose VLANs join the hosts, whatever a network's row says; null: the row's.</summary>
    public string? VlanInterface { get; init; }

    /// <summary>take_interface_addresses: a NIC that carries addresses may be used, and they move to its bridge.</summary>
    public bool TakesInterfaceAddresses { get; init; }

    /// <summary>teardown_unused_network_gateway: a network goes from the host with its last instance there.</summary>
    public bool TearsDownUnused { get; init; }

    /// <summary>Destinations towards which networks with an external gateway are translated too (force_snat_range).</summary>
    public ValueList<Cidr> ForceSnatRanges { get; init; } = [];

    /// <summary>The interfaces that bridges forward to and from (forward_bridge_interface); null: all.</summary>
    public ValueList<string>? ForwardInterfaces { get; init; }

    /// <summary>Who answers at 169.254.169.254; null: nobody.</summary>
    public MetadataTarget? Metadata { get; init; }

    /// <summary>What has the addresses of a NIC: its bridge, when flat_interface has become a port of that with all that it carried.</summary>
    public string InPlaceOf(string nic) => TakesInterfaceAddresses && Manager == NetworkManagerKind.FlatDHCPManager && nic == FlatInterface ? FlatBridge : nic;

    /// <summary>The DNS servers that instances on a network are told.</summary>
    public ValueList<Ipv4> DnsFor(Network network) =>
        AddsNetworkDns ? DnsServers.Concat(network.Dns).Distinct().ToValueList() : network.Dns.Count > 0 ? network.Dns : DnsServers;
}

/// <summary>What a host is for a network.</summary>
public enum NetworkPart
{
    /// <summary>Gateway and DHCP server.</summary>
    Gateway,

    /// <summary>All of it, but silent: another host answers, before this one begins or after it has let go.</summary>
    Silent,

    /// <summary>It bridges and guards its ports; another host is the gateway.</summary>
    Bridge,
}

/// <summary>A network and this host's address on it, which its instances use as router and DHCP server.</summary>
public sealed record ServedNetwork(Network Network, Ipv4 HostAddress)
{
    /// <summary>What this host is for it.</summary>
    public NetworkPart Part { get; init; } = NetworkPart.Gateway;

    /// <summary>The part that the log gives a host in a network.</summary>
    public static NetworkPart PartOf(Network network, string? host) => network.MultiHost ? NetworkPart.Gateway : host is null ? NetworkPart.Bridge : NetworkDuty.Of(network, host) switch
    {
        { Task: NetworkTask.Serve } => NetworkPart.Gateway,
        { } => NetworkPart.Silent,
        null => NetworkPart.Bridge,
    };

    /// <summary>The router that instances are told: this host where each has an address of its own, else the network's gateway (nova: get_dhcp_opts).</summary>
    public Ipv4? Router => Network.NeedsAddressPerHost ? HostAddress : Network.Gateway;
}

/// <summary>One address of an instance that this host has something for, and the NIC that has it.</summary>
public sealed record ServedPort(Guid NetworkId, string PortName, MacAddress Mac, Ipv4 Address, string Hostname)
{
    /// <summary>DHCP offers it: so for the first address of a NIC alone, since a server knows one for each MAC address (nova: 3f6739e2a8).</summary>
    public bool IsOffered { get; init; } = true;

    /// <summary>It is one of the instance's first NIC.</summary>
    public bool IsFirst { get; init; } = true;

    /// <summary>Its instance is the project's VPN instance.</summary>
    public bool IsVpn { get; init; }

    /// <summary>False when the port is on another host, and this one only its gateway and DHCP server.</summary>
    public bool IsHere { get; init; } = true;

    /// <summary>All that an instance has.</summary>
    public static IEnumerable<ServedPort> Of(InstanceNetwork instance)
    {
        var nics = new HashSet<Guid>();
        return [.. instance.Ports.Select(port => Of(port, instance) with { IsOffered = nics.Add(port.VifId), IsFirst = nics.Count == 1 })];
    }

    /// <summary>What is being taken from an instance; DHCP may offer it still.</summary>
    public static IEnumerable<ServedPort> LeavingOf(InstanceNetwork instance) => instance.Leaving.Select(port => Of(port, instance));

    private static ServedPort Of(Port port, InstanceNetwork instance) => new(port.NetworkId, port.PortName, port.Mac, port.Address, instance.Hostname ?? "") { IsVpn = instance.IsVpn };
}

/// <summary>A floating IP that leads to a fixed IP of a port on this host, by the interface of its range; null: by public_interface.</summary>
public sealed record ServedFloating(Ipv4 Address, Ipv4 FixedIp, Guid NetworkId, string? Interface)
{
    /// <summary>All that lead to an instance.</summary>
    public static IEnumerable<ServedFloating> Of(InstanceNetwork instance) =>
        instance.Floatings.Select(floating => Of(floating, instance.Ports)).OfType<ServedFloating>();

    /// <summary>What is being taken from an instance.</summary>
    public static IEnumerable<ServedFloating> LeavingOf(InstanceNetwork instance) =>
        instance.LeavingFloatings.Select(leaving => Of(leaving.Floating, [.. instance.Ports, .. instance.Leaving])).OfType<ServedFloating>();

    private static ServedFloating? Of(AssociatedIp floating, ValueList<Port> ports) =>
        ports.FirstOrDefault(port => port.Address == floating.FixedIp) is { } port
            ? new ServedFloating(floating.Address, floating.FixedIp, port.NetworkId, floating.Interface)
            : null;
}
