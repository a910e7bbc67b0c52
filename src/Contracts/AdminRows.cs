namespace NovaNetBus.Contracts;

/// <summary>A row of <c>novanet network list</c>.</summary>
public sealed record NetworkRow(
    Guid Id, string Label, string Cidr, string? Gateway, string? DhcpServer, string DhcpStart, int? Vlan, string? Bridge, string? BridgeInterface,
    string? ProjectId, bool MultiHost, string? Host, int Mtu, IReadOnlyList<string> Dns, string? VpnPrivateAddress, int? VpnPublicPort,
    string? CidrV6, AddressCounts Addresses);

/// <summary>How many addresses a network has, by state. Free + reserved + allocated is always the total; an address that rests counts as free.</summary>
public sealed record AddressCounts(long Total, long Reserved, long Allocated, long Free);

/// <summary>A row of <c>novanet fixed list</c>. State: free, reserved, allocated, leased, deallocated.</summary>
public sealed record FixedIpRow(
    string Address, Guid NetworkId, string State, Guid? InstanceId, string? ProjectId, string? Host, string? MacAddress, string? Hostname, DateTimeOffset? ChangedAt);

/// <summary>A row of <c>novanet instance list</c>. State: allocated, configured, failed, releasing, released.</summary>
public sealed record InstanceRow(
    Guid InstanceId, string State, string? ProjectId, string? Host, string? Hostname, long Generation, DateTimeOffset ChangedAt,
    string? Code, string? Message, HostNetworkConfigured? Configured);

/// <summary>A row of <c>novanet host list</c>.</summary>
public sealed record HostRow(string Host, bool Alive, DateTimeOffset? LastSeen, string Role, int Ports, IReadOnlyList<string> Networks, string? Version, int Drift);
