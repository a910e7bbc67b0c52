using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.FixedIps;

/// <summary>What can happen to an address of a block.</summary>
/// <param name="Address">The fixed IP.</param>
/// <param name="At">UTC.</param>
public abstract record FixedIpEvent(Ipv4 Address, DateTimeOffset At);

/// <summary>An instance's NIC has the address.</summary>
public sealed record FixedIpAllocated(Ipv4 Address, Guid InstanceId, Guid VifId, MacAddress Mac, string Host, string ProjectId, string Hostname, DateTimeOffset At)
    : FixedIpEvent(Address, At);

/// <summary>A host has the address for itself, as router and DHCP server of its instances.</summary>
public sealed record FixedIpTakenByHost(Ipv4 Address, string Host, DateTimeOffset At) : FixedIpEvent(Address, At);

/// <summary>The host that had the address for itself has left the network, but has not let go of the address yet.</summary>
public sealed record FixedIpLeftByHost(Ipv4 Address, DateTimeOffset At) : FixedIpEvent(Address, At);

/// <summary>The instance has the address no more; but its host has not let go of it yet.</summary>
public sealed record FixedIpDeallocated(Ipv4 Address, DateTimeOffset At) : FixedIpEvent(Address, At);

/// <summary>The host of a deallocated address has let go of it; a DHCP client still has it on lease.</summary>
public sealed record FixedIpLetGo(Ipv4 Address, DateTimeOffset At) : FixedIpEvent(Address, At);

/// <summary>Nobody has the address any more.</summary>
public sealed record FixedIpReleased(Ipv4 Address, DateTimeOffset At) : FixedIpEvent(Address, At);

/// <summary>An operator keeps the address from being given out.</summary>
public sealed record FixedIpReserved(Ipv4 Address, DateTimeOffset At) : FixedIpEvent(Address, At);

/// <summary>The address may be given out again.</summary>
public sealed record FixedIpUnreserved(Ipv4 Address, DateTimeOffset At) : FixedIpEvent(Address, At);

/// <summary>The instance that has the address runs on another host now.</summary>
public sealed record FixedIpMoved(Ipv4 Address, string Host, DateTimeOffset At) : FixedIpEvent(Address, At);

/// <summary>What a host's DHCP server was seen to do for a client. An observation: it changes nobody's right to the address.</summary>
public abstract record FixedIpLeaseEvent(Ipv4 Address, MacAddress Mac, string Host, DateTimeOffset At) : FixedIpEvent(Address, At);

/// <summary>A DHCP client took the address on lease.</summary>
public sealed record FixedIpLeaseStarted(Ipv4 Address, MacAddress Mac, string Host, DateTimeOffset ExpiresAt, DateTimeOffset At) : FixedIpLeaseEvent(Address, Mac, Host, At);

/// <summary>It keeps its lease for longer.</summary>
public sealed record FixedIpLeaseRenewed(Ipv4 Address, MacAddress Mac, string Host, DateTimeOffset ExpiresAt, DateTimeOffset At) : FixedIpLeaseEvent(Address, Mac, Host, At);

/// <summary>The lease was released or ran out.</summary>
public sealed record FixedIpLeaseEnded(Ipv4 Address, MacAddress Mac, string Host, DateTimeOffset At) : FixedIpLeaseEvent(Address, Mac, Host, At);
