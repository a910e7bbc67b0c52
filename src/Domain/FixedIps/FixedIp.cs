using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.FixedIps;

/// <summary>Where an address stands. Apart from that, a DHCP client may have it on lease.</summary>
public enum FixedIpStatus
{
    /// <summary>Free; has been used before, so it rests: others are given first.</summary>
    Released,

    /// <summary>An instance has it.</summary>
    Allocated,

    /// <summary>A host has it for itself.</summary>
    TakenByHost,

    /// <summary>The host that had it for itself has left the network, and has not let go yet.</summary>
    LeftByHost,

    /// <summary>Its instance is gone, its host has not let go yet.</summary>
    Deallocated,

    /// <summary>Its host has let go too, but the instance's lease has not ended.</summary>
    LetGo,

    /// <summary>An operator keeps it from being given out.</summary>
    Reserved,
}

/// <summary>What a host's DHCP server has promised a client, as it was last seen.</summary>
public sealed record Lease(MacAddress Mac, string Host, DateTimeOffset ExpiresAt);

/// <summary>An address that has been used, and since when (UTC) its status is this; of one that is deallocated, since when its instance is gone.</summary>
public sealed record FixedIp(
    Ipv4 Address, FixedIpStatus Status, DateTimeOffset ChangedAt, Guid? InstanceId, Guid? VifId, MacAddress? Mac, string? Host, string? ProjectId, string? Hostname)
{
    /// <summary>Those that were not seen to end; one for each host at most.</summary>
    public ValueList<Lease> Leases { get; init; } = [];

    /// <summary>Nobody's, since then.</summary>
    public static FixedIp Free(Ipv4 address, DateTimeOffset at) => new(address, FixedIpStatus.Released, at, null, null, null, null, null, null);

    /// <summary>True while its own NIC has it on lease.</summary>
    public bool IsLeased(DateTimeOffset now) => Mac is { } own && Leases.Any(lease => lease.Mac == own && lease.ExpiresAt > now);

    /// <summary>
    /// Until when it must not be given to this MAC address, because another one has it on lease: two would use it at once, and that DHCP server would not
    /// answer the newcomer (nova: 88cbface12). Null: no such lease is known.
    /// </summary>
    public DateTimeOffset? LeasedToAnotherThan(MacAddress? mac) =>
        Leases.Where(lease => lease.Mac != mac).Select(lease => (DateTimeOffset?)lease.ExpiresAt).Max();

    /// <summary>The state after an event of this address; null before: never used.</summary>
    public static FixedIp Evolve(FixedIp? before, FixedIpEvent change) => change switch
    {
        FixedIpAllocated e => new FixedIp(e.Address, FixedIpStatus.Allocated, e.At, e.InstanceId, e.VifId, e.Mac, e.Host, e.ProjectId, e.Hostname) { Leases = LeasesAt(before, e.At) },
        FixedIpTakenByHost e => Free(e.Address, e.At) with { Status = FixedIpStatus.TakenByHost, Host = e.Host, Leases = LeasesAt(before, e.At) },
        FixedIpReserved e => Free(e.Address, e.At) with { Status = FixedIpStatus.Reserved, Leases = LeasesAt(before, e.At) },
        FixedIpLeftByHost e when before is not null => before with { Status = FixedIpStatus.LeftByHost, ChangedAt = e.At },
        FixedIpDeallocated e when before is not null => before with { Status = FixedIpStatus.Deallocated, ChangedAt = e.At },
        FixedIpLetGo when before is not null => before with { Status = FixedIpStatus.LetGo },
        FixedIpMoved e when before is not null => before with { Host = e.Host },
        FixedIpLeaseStarted e => Leased(before, e, e.ExpiresAt),
        FixedIpLeaseRenewed e => Leased(before, e, e.ExpiresAt),
        FixedIpLeaseEnded e => Leased(before, e, null),
        _ => Free(change.Address, change.At) with { Leases = LeasesAt(before, change.At) },
    };

    private static FixedIp Leased(FixedIp? before, FixedIpLeaseEvent change, DateTimeOffset? expires)
    {
        var others = LeasesAt(before, change.At).Where(lease => lease.Host != change.Host);
        var own = expires is { } until ? [new Lease(change.Mac, change.Host, until)] : Array.Empty<Lease>();
        return (before ?? Free(change.Address, change.At)) with { Leases = [.. others, .. own] };
    }

    /// <summary>What has run out is forgotten, whether its end was seen or not.</summary>
    private static ValueList<Lease> LeasesAt(FixedIp? before, DateTimeOffset now) => (before?.Leases ?? []).Where(lease => lease.ExpiresAt > now).ToValueList();
}
