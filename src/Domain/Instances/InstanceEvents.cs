using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.Instances;

/// <summary>One address of an instance, and the NIC that has it; a NIC with several addresses stands once for each.</summary>
/// <param name="VifId">Its id.</param>
/// <param name="PortName">Name of the host's end: "tap" and the first 11 characters of <paramref name="VifId"/>, as nova named it.</param>
/// <param name="Mac">Its MAC address.</param>
/// <param name="NetworkId">Its network.</param>
/// <param name="Address">Its fixed IP.</param>
public sealed record Port(Guid VifId, string PortName, MacAddress Mac, Guid NetworkId, Ipv4 Address)
{
    /// <summary>The port name of a NIC: 14 characters, of the 15 that the kernel allows.</summary>
    public static string NameOf(Guid vifId) => string.Concat("tap", vifId.ToString("D").AsSpan(0, 11));
}

/// <summary>What can happen to an instance's network.</summary>
/// <param name="At">UTC.</param>
public abstract record InstanceEvent(DateTimeOffset At);

/// <summary>It has its addresses.</summary>
public sealed record InstanceNetworkAllocated(
    Guid InstanceId, string ProjectId, string Host, string Hostname, ValueList<Port> Ports, DateTimeOffset At) : InstanceEvent(At)
{
    /// <summary>It is its project's VPN instance.</summary>
    public bool IsVpn { get; init; }

    /// <summary>False: no worker looks after its host.</summary>
    public bool IsAttended { get; init; } = true;

    /// <summary>Floating IPs that came with its addresses.</summary>
    public ValueList<AssociatedIp> Floatings { get; init; } = [];

    /// <summary>Of what it is told of itself (<see cref="InstanceMetadata.DigestFor"/>), which is not in the log; null: nothing.</summary>
    public string? MetadataDigest { get; init; }
}

/// <summary>Its host is in the state that its addresses imply.</summary>
public sealed record InstanceNetworkConfigured(string Host, long Generation, DateTimeOffset At) : InstanceEvent(At);

/// <summary>One of the hosts that it has to do with is in that state, or has let go of it; others are not yet.</summary>
public sealed record InstanceHostReady(string Host, long Generation, DateTimeOffset At) : InstanceEvent(At);

/// <summary>It could not have its network.</summary>
public sealed record InstanceNetworkRefused(Guid InstanceId, string ProjectId, string Host, string Hostname, string Code, string Message, bool Retryable, DateTimeOffset At)
    : InstanceEvent(At);

/// <summary>It is gone; its host has not let go of its addresses yet. Also stands before any allocation, when the deletion overtook the spawning.</summary>
public sealed record InstanceDeletionRequested(Guid InstanceId, DateTimeOffset At) : InstanceEvent(At);

/// <summary>Its host has let go; its addresses are free.</summary>
public sealed record InstanceNetworkReleased(ValueList<Ipv4> Addresses, DateTimeOffset At) : InstanceEvent(At);

/// <summary>It has one more address, on a NIC that it had already or on a new one.</summary>
/// <param name="Request">Of the message that asked for it; null: it had no id.</param>
/// <param name="At">UTC.</param>
/// <param name="Port">The NIC with the address.</param>
public sealed record InstanceFixedIpAdded(Port Port, string? Request, DateTimeOffset At) : InstanceEvent(At);

/// <summary>It has an address less; its host has not let go of it yet.</summary>
/// <param name="Request">Of the message that asked for it; null: it had no id, or there was none.</param>
/// <param name="At">UTC.</param>
/// <param name="Address">Which.</param>
public sealed record InstanceFixedIpRemoved(Ipv4 Address, string? Request, DateTimeOffset At) : InstanceEvent(At);

/// <summary>Its host has let go of addresses that were taken from it while it goes on.</summary>
public sealed record InstanceFixedIpsReleased(ValueList<Ipv4> Addresses, DateTimeOffset At) : InstanceEvent(At);

/// <summary>A floating IP leads to it.</summary>
/// <param name="Floating">Which, and where to.</param>
/// <param name="Allocated">It was allocated for this: it goes back to its pool if the host cannot have it.</param>
/// <param name="At">UTC.</param>
public sealed record InstanceFloatingIpAssociated(AssociatedIp Floating, bool Allocated, DateTimeOffset At) : InstanceEvent(At);

/// <summary>A floating IP shall not lead to it any more; its host has not let go of it yet.</summary>
/// <param name="Address">Which.</param>
/// <param name="Releases">It goes back to its pool then.</param>
/// <param name="Request">Of the message that asked for it; null: it had no id, or there was none.</param>
/// <param name="At">UTC.</param>
public sealed record InstanceFloatingIpDisassociated(Ipv4 Address, bool Releases, string? Request, DateTimeOffset At) : InstanceEvent(At);

/// <summary>Its host has let go of floating IPs that led to it.</summary>
public sealed record InstanceFloatingIpsLeft(ValueList<Ipv4> Addresses, DateTimeOffset At) : InstanceEvent(At);

/// <summary>It is to move to another host; its host has not let go of it yet.</summary>
public sealed record InstanceMoving(string Destination, DateTimeOffset At) : InstanceEvent(At);

/// <summary>Its host has let go of it; no host has it until it arrives at the next.</summary>
public sealed record InstanceLeftHost(string Host, DateTimeOffset At) : InstanceEvent(At);

/// <summary>It is on this host now, which is not ready for it yet.</summary>
public sealed record InstanceMoved(string Host, DateTimeOffset At) : InstanceEvent(At)
{
    /// <summary>False: no worker looks after that host.</summary>
    public bool IsAttended { get; init; } = true;
}

/// <summary>A worker has come to its host, which had none: it bridges and guards its ports from now on.</summary>
public sealed record InstanceAttended(string Host, DateTimeOffset At) : InstanceEvent(At);
