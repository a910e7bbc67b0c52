using System.Collections.Immutable;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.FixedIps;

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
    public Block Evolve(FixedIpEvent change) => this with { Used = Used.SetItem(change.Address, FixedIp.Evolve(Used.GetValueOrDefault(change.Address), change)) };
}
