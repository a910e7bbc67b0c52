namespace NovaNetBus.Contracts;

/// <summary>An instance's network is ready on its host.</summary>
/// <param name="InstanceId">UUID of the instance.</param>
/// <param name="ProjectId">The project that owns the instance.</param>
/// <param name="Host">The host on which the instance runs.</param>
/// <param name="NetworkHost">The host that is its gateway and DHCP server; with multi_host the same.</param>
/// <param name="Generation">Rises with each change of the instance's network; the same fact told again carries the same.</param>
/// <param name="Vifs">The instance's NICs, in the order of the networks.</param>
/// <param name="ConfiguredAt">UTC.</param>
/// <param name="InterfacesFile">The Debian interfaces file to inject (FlatManager with flat_injected).</param>
public sealed record HostNetworkConfigured(
    Guid InstanceId,
    string ProjectId,
    string Host,
    string NetworkHost,
    long Generation,
    IReadOnlyList<Vif> Vifs,
    DateTimeOffset ConfiguredAt,
    string? InterfacesFile = null);

/// <summary>One NIC of an instance, as the compute service must plug it.</summary>
/// <param name="VifId">UUID of the NIC.</param>
/// <param name="PortName">The name that the host's end of the NIC (tap or veth) must have; at most 15 characters. Another name cannot send.</param>
/// <param name="MacAddress">Lower case, colons.</param>
/// <param name="NetworkId">UUID of the network.</param>
/// <param name="Label">Label of the network.</param>
/// <param name="Bridge">The bridge to plug the port into.</param>
/// <param name="Vlan">802.1Q id of the network, 1 to 4094; absent: untagged.</param>
/// <param name="Mtu">Bytes.</param>
/// <param name="Address">The fixed IP.</param>
/// <param name="PrefixLength">0 to 32.</param>
/// <param name="Broadcast">Broadcast address of the network.</param>
/// <param name="Gateway">Default router; absent: the network has none.</param>
/// <param name="DhcpServer">Absent: the network has no DHCP.</param>
/// <param name="DnsServers">May be empty.</param>
/// <param name="FloatingIps">Floating IPs associated with this address.</param>
/// <param name="Injected">True when the compute service must inject the configuration into the instance.</param>
/// <param name="AddressV6">IPv6 address, if the network has IPv6.</param>
/// <param name="PrefixLengthV6">0 to 128.</param>
/// <param name="GatewayV6">IPv6 router.</param>
public sealed record Vif(
    Guid VifId,
    string PortName,
    string MacAddress,
    Guid NetworkId,
    string Label,
    string Bridge,
    int? Vlan,
    int Mtu,
    string Address,
    int PrefixLength,
    string Broadcast,
    string? Gateway,
    string? DhcpServer,
    IReadOnlyList<string> DnsServers,
    IReadOnlyList<string> FloatingIps,
    bool Injected,
    string? AddressV6 = null,
    int? PrefixLengthV6 = null,
    string? GatewayV6 = null);

/// <summary>An instance's network could not be had.</summary>
/// <param name="InstanceId">UUID of the instance.</param>
/// <param name="Host">The host that was named.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">A sentence that says what to do.</param>
/// <param name="Retryable">True when the same message may succeed later.</param>
public sealed record InstanceNetworkFailed(Guid InstanceId, string? Host, string Code, string Message, bool Retryable);

/// <summary>An instance's network is gone from its host and its addresses are free.</summary>
public sealed record InstanceNetworkReleased(Guid InstanceId, string? Host, IReadOnlyList<string> Addresses);

/// <summary>A floating IP answers for an instance.</summary>
public sealed record FloatingIpAssociated(string FloatingIp, string FixedIp, Guid InstanceId, string Host);

/// <summary>A floating IP answers no more for an instance.</summary>
public sealed record FloatingIpDisassociated(string FloatingIp, string FixedIp, Guid InstanceId, string Host);

/// <summary>A DHCP client took its lease.</summary>
public sealed record FixedIpLeased(string Address, string MacAddress, Guid InstanceId, string Host);

/// <summary>A lease was released or ran out.</summary>
public sealed record FixedIpLeaseEnded(string Address, string MacAddress, Guid InstanceId, string Host);

/// <summary>Another host is now the gateway and DHCP server of a network.</summary>
public sealed record NetworkHostChanged(Guid NetworkId, string? From, string To, string Reason);
