using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FloatingIps;

namespace NovaNetBus.Domain.Instances;

/// <summary>A floating IP that leads to an instance.</summary>
/// <param name="Address">Seen from outside.</param>
/// <param name="Pool">Whose it is.</param>
/// <param name="Interface">The NIC that carries it on each host; null: the host's public_interface.</param>
/// <param name="FixedIp">Where it leads.</param>
/// <param name="AutoAssigned">It came with the instance, and goes back to its pool with it.</param>
public sealed record AssociatedIp(Ipv4 Address, string Pool, string? Interface, Ipv4 FixedIp, bool AutoAssigned)
{
    /// <summary>Its block.</summary>
    public FloatingKey Block => FloatingKey.Of(Pool, Address);
}

/// <summary>One that the instance's host has not let go of yet.</summary>
/// <param name="Floating">Which.</param>
/// <param name="Releases">It goes back to its pool then.</param>
/// <param name="Request">The id of the message that took it away; null: it had none, or none did.</param>
public sealed record LeavingIp(AssociatedIp Floating, bool Releases, string? Request)
{
    /// <summary>The host could not have it, so nobody was told that it had come.</summary>
    public bool NeverLed { get; init; }

    /// <summary>One that goes because what it leads to goes.</summary>
    public static LeavingIp Along(AssociatedIp floating) => new(floating, floating.AutoAssigned, null);
}
