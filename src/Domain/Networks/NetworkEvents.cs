using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.Networks;

/// <summary>What can happen to a network.</summary>
/// <param name="NetworkId">Which.</param>
/// <param name="At">UTC.</param>
public abstract record NetworkEvent(Guid NetworkId, DateTimeOffset At);

/// <summary>It was created.</summary>
public sealed record NetworkCreated(Network Network) : NetworkEvent(Network.Id, Network.CreatedAt);

/// <summary>A project has it, and nobody else may use it: by an operator, or by the project's first instance (VlanManager).</summary>
public sealed record NetworkAssigned(Guid NetworkId, string ProjectId, DateTimeOffset At) : NetworkEvent(NetworkId, At);

/// <summary>No project has it any more.</summary>
/// <param name="NetworkId">Which.</param>
/// <param name="ProjectId">Who had it.</param>
/// <param name="At">UTC.</param>
public sealed record NetworkUnassigned(Guid NetworkId, string ProjectId, DateTimeOffset At) : NetworkEvent(NetworkId, At);

/// <summary>A host serves it: for a network without multi_host, the only gateway and DHCP server.</summary>
/// <param name="NetworkId">Which.</param>
/// <param name="Host">Who serves it now.</param>
/// <param name="From">Who served it before; null: nobody.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="At">UTC.</param>
public sealed record NetworkHostSet(Guid NetworkId, string Host, string? From, string Reason, DateTimeOffset At) : NetworkEvent(NetworkId, At);

/// <summary>No host serves it any more.</summary>
/// <param name="NetworkId">Which.</param>
/// <param name="Host">Who served it.</param>
/// <param name="At">UTC.</param>
public sealed record NetworkHostCleared(Guid NetworkId, string Host, DateTimeOffset At) : NetworkEvent(NetworkId, At);

/// <summary>The public side of its VPN instance's forward is another.</summary>
public sealed record NetworkVpnChanged(Guid NetworkId, Ipv4 PublicAddress, int PublicPort, DateTimeOffset At) : NetworkEvent(NetworkId, At);

/// <summary>It was deleted.</summary>
public sealed record NetworkDeleted(Guid NetworkId, DateTimeOffset At) : NetworkEvent(NetworkId, At);
