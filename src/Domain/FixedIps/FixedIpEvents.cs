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

/// <summary>The instance is gone, but its host has not let go of the address yet.</summary>
public sealed record FixedIpDeallocated(Ipv4 Address, DateTimeOffset At) : FixedIpEvent(Address, At);

/// <summary>Nobody has the address any more.</summary>
public sealed record FixedIpReleased(Ipv4 Address, DateTimeOffset At) : FixedIpEvent(Address, At);
