using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.FloatingIps;

/// <summary>What can happen to the addresses of a block.</summary>
/// <param name="At">UTC.</param>
public abstract record FloatingIpEvent(DateTimeOffset At);

/// <summary>The pool has these addresses from now on, both ends included. None of them was in it.</summary>
public sealed record FloatingIpsAdded(Ipv4 First, Ipv4 Last, string? Interface, DateTimeOffset At) : FloatingIpEvent(At);

/// <summary>The pool has none of these addresses any more, both ends included. Not all of them need have been in it.</summary>
public sealed record FloatingIpsRemoved(Ipv4 First, Ipv4 Last, DateTimeOffset At) : FloatingIpEvent(At);

/// <summary>A project has the address.</summary>
public sealed record FloatingIpAllocated(Ipv4 Address, string ProjectId, bool AutoAssigned, DateTimeOffset At) : FloatingIpEvent(At);

/// <summary>The address leads to a fixed IP of an instance, which is on this host.</summary>
public sealed record FloatingIpAssociated(Ipv4 Address, Ipv4 FixedIp, Guid InstanceId, string Host, DateTimeOffset At) : FloatingIpEvent(At);

/// <summary>The address leads nowhere any more; its host has let go of it.</summary>
/// <param name="Address">The floating IP.</param>
/// <param name="FixedIp">Where it led.</param>
/// <param name="InstanceId">Whose that is.</param>
/// <param name="Host">Which has let go of it.</param>
/// <param name="Request">The id of the message that asked for it; null: it had none, or none asked.</param>
/// <param name="At">UTC.</param>
public sealed record FloatingIpDisassociated(Ipv4 Address, Ipv4 FixedIp, Guid InstanceId, string Host, string? Request, DateTimeOffset At) : FloatingIpEvent(At)
{
    /// <summary>The host could not have it, so nobody was told that it had come.</summary>
    public bool NeverLed { get; init; }
}

/// <summary>No project has the address any more.</summary>
public sealed record FloatingIpReleased(Ipv4 Address, DateTimeOffset At) : FloatingIpEvent(At);

/// <summary>An event of one block.</summary>
public sealed record FloatingBlockEvent(FloatingKey Block, FloatingIpEvent Event);
