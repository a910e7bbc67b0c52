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

/// <summary>
/// Its host is to let go of it, for another or for none. While the other makes itself ready the first one goes on serving it, and gives it over itself.
/// </summary>
/// <param name="NetworkId">Which.</param>
/// <param name="From">Who serves it.</param>
/// <param name="To">Who is to serve it; null: nobody for now; the same as <paramref name="From"/>: it stays after all.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="At">UTC.</param>
public sealed record NetworkHostMoving(Guid NetworkId, string From, string? To, string Reason, DateTimeOffset At) : NetworkEvent(NetworkId, At);

/// <summary>The host that is to serve it has all that it needs, and is silent until the other has let go.</summary>
public sealed record NetworkHostReady(Guid NetworkId, string Host, DateTimeOffset At) : NetworkEvent(NetworkId, At);

/// <summary>No host serves it any more.</summary>
/// <param name="NetworkId">Which.</param>
/// <param name="Host">Who served it.</param>
/// <param name="At">UTC.</param>
public sealed record NetworkHostCleared(Guid NetworkId, string Host, DateTimeOffset At) : NetworkEvent(NetworkId, At);

/// <summary>The public side of its VPN instance's forward is another.</summary>
public sealed record NetworkVpnChanged(Guid NetworkId, Ipv4 PublicAddress, int PublicPort, DateTimeOffset At) : NetworkEvent(NetworkId, At);

/// <summary>It was deleted.</summary>
public sealed record NetworkDeleted(Guid NetworkId, DateTimeOffset At) : NetworkEvent(NetworkId, At);
