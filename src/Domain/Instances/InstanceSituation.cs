using System.Collections.Immutable;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.Instances;

/// <summary>What a decision needs to see.</summary>
/// <param name="State">Of the instance that it is about; null: never heard of, or it is about none.</param>
/// <param name="Host">The host whose worker asks.</param>
/// <param name="Networks">Those that exist.</param>
/// <param name="Blocks">Those loaded so far; none is left out when the question is asked again.</param>
/// <param name="Preferred">By network: the block to look in for a free address. Missing: not chosen yet; null: none but those loaded may have one.</param>
public sealed record InstanceSituation(
    InstanceNetwork? State,
    HostRecord Host,
    IReadOnlyCollection<Network> Networks,
    IReadOnlyDictionary<BlockKey, Block> Blocks,
    IReadOnlyDictionary<Guid, int?> Preferred)
{
    /// <summary>Of floating IPs.</summary>
    public KnownFloatings Floatings { get; init; } = KnownFloatings.None;

    /// <summary>The segments on which NICs have these MAC addresses; of those looked up so far.</summary>
    public IReadOnlyDictionary<MacAddress, ImmutableHashSet<string>> Macs { get; init; } = ImmutableDictionary<MacAddress, ImmutableHashSet<string>>.Empty;

    /// <summary>No worker is known on the host that the command names: none has started there yet, or it was forgotten. False too when the command names none.</summary>
    public bool LacksWorker { get; init; }

    /// <summary>How many more fixed IPs the instance's project may have; null: no limit, or none that counts for this decision.</summary>
    public long? FixedIpsLeft { get; init; }
}

/// <summary>Names a block.</summary>
public readonly record struct BlockKey(Guid NetworkId, int Index)
{
    /// <summary>The block of a network's address.</summary>
    public static BlockKey Of(Network network, Ipv4 address) => new(network.Id, new BlockLayout(network.Cidr).IndexOf(address));
}

/// <summary>An event of one block.</summary>
public sealed record BlockEvent(BlockKey Block, FixedIpEvent Event);
