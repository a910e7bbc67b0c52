using System.Collections.Immutable;

namespace NovaNetBus.Domain.Hosts;

/// <summary>
/// For how long a host may answer for the networks that it alone serves. Its worker renews the lease with each heartbeat, and the kernel forgets it by itself
/// when nobody renews it. Whoever gives the host's networks to another has seen it silent for longer than a lease lasts, so two hosts never answer for one
/// address. Times are of one monotonic clock of the host: no clock is compared with another's, only their rates count.
/// </summary>
/// <param name="Held">The networks that it covers.</param>
/// <param name="Until">When it ends, unless it is renewed.</param>
public sealed record HostLease(ImmutableHashSet<Guid> Held, TimeSpan Until)
{
    /// <summary>How long a lease lasts from the moment when the heartbeat was sent, however long the answer took.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(15);

    /// <summary>How often a network host renews it.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(2);

    /// <summary>How long a host is silent, by an observer's clock, before its networks are given to another: a lease, and room for clocks and pauses.</summary>
    public static readonly TimeSpan Takeover = TimeSpan.FromSeconds(20);

    /// <summary>Of a worker that has not been heard yet.</summary>
    public static HostLease None { get; } = new([], TimeSpan.Zero);

    /// <summary>
    /// The lease after an answered heartbeat. Before it may be used, the host is silent for <see cref="LostBy"/>: its kernel knows one lease for all of them.
    /// </summary>
    /// <param name="sent">When the heartbeat was sent.</param>
    /// <param name="held">What the host holds, read after the heartbeat was kept.</param>
    public HostLease Renewed(TimeSpan sent, IEnumerable<Guid> held) => new([.. held], sent + Length);

    /// <summary>The networks that it covers no more after an answered heartbeat.</summary>
    public IReadOnlyCollection<Guid> LostBy(IEnumerable<Guid> held) => Held.Except(held);
}
