using System.Collections.Immutable;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.FixedIps;

/// <summary>Where an address stands.</summary>
public enum FixedIpStatus
{
    /// <summary>Free; has been used before, so it rests: others are given first.</summary>
    Released,

    /// <summary>An instance has it.</summary>
    Allocated,

    /// <summary>A host has it for itself.</summary>
    TakenByHost,

    /// <summary>Its instance is gone, its host has not let go yet.</summary>
    Deallocated,
}

/// <summary>An address that has been used.</summary>
public sealed record FixedIp(
    Ipv4 Address, FixedIpStatus Status, DateTimeOffset ChangedAt, Guid? InstanceId, Guid? VifId, MacAddress? Mac, string? Host, string? ProjectId, string? Hostname);

/// <summary>The state of one block: every address of it that was ever used.</summary>
/// <param name="NetworkId">Whose block.</param>
/// <param name="Index">Which, from 0.</param>
/// <param name="Used">By address. What is not in it was never used.</param>
public sealed record Block(Guid NetworkId, int Index, ImmutableSortedDictionary<Ipv4, FixedIp> Used)
{
    /// <summary>A block that was never used.</summary>
    public static Block Fresh(Guid networkId, int index) => new(networkId, index, ImmutableSortedDictionary<Ipv4, FixedIp>.Empty);

    /// <summary>How many addresses somebody has; those that the network reserves are not among them.</summary>
    public int Taken => Used.Values.Count(address => address.Status != FixedIpStatus.Released);

    /// <summary>The state after an event.</summary>
    public Block Evolve(FixedIpEvent change) => this with { Used = Used.SetItem(change.Address, After(Used.GetValueOrDefault(change.Address), change)) };

    private static FixedIp After(FixedIp? before, FixedIpEvent change) => change switch
    {
        FixedIpAllocated e => new FixedIp(e.Address, FixedIpStatus.Allocated, e.At, e.InstanceId, e.VifId, e.Mac, e.Host, e.ProjectId, e.Hostname),
        FixedIpTakenByHost e => new FixedIp(e.Address, FixedIpStatus.TakenByHost, e.At, null, null, null, e.Host, null, null),
        FixedIpDeallocated e when before is not null => before with { Status = FixedIpStatus.Deallocated, ChangedAt = e.At },
        _ => new FixedIp(change.Address, FixedIpStatus.Released, change.At, null, null, null, null, null, null),
    };
}
