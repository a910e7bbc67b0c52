using System.Collections.Immutable;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.FloatingIps;

/// <summary>A floating IP and the block that holds it.</summary>
public sealed record FloatingPlace(FloatingKey Block, FloatingIp Floating);

/// <summary>Where a pool has a free address; null: nowhere. A pool without any address does not exist.</summary>
public sealed record FreeFloatings(FloatingKey? Block, bool PoolExists);

/// <summary>How many floating IPs a project may have (-1: no limit; null: as the option says), and how many it has without auto-assigned ones.</summary>
public sealed record ProjectFloatings(int? Quota, long Used);

/// <summary>What a decision has been shown of floating IPs so far; nothing of it is left out when the question is asked again.</summary>
public sealed record KnownFloatings
{
    /// <summary>Nothing.</summary>
    public static KnownFloatings None { get; } = new();

    /// <summary>The blocks loaded.</summary>
    public IReadOnlyDictionary<FloatingKey, FloatingBlock> Blocks { get; init; } = ImmutableDictionary<FloatingKey, FloatingBlock>.Empty;

    /// <summary>First addresses, of which the blocks of all pools are loaded.</summary>
    public IReadOnlySet<Ipv4> Read { get; init; } = ImmutableHashSet<Ipv4>.Empty;

    /// <summary>By pool: where to look for a free address. Missing: not asked yet.</summary>
    public IReadOnlyDictionary<string, FreeFloatings> Free { get; init; } = ImmutableDictionary<string, FreeFloatings>.Empty;

    /// <summary>By project. Missing: not asked yet.</summary>
    public IReadOnlyDictionary<string, ProjectFloatings> Projects { get; init; } = ImmutableDictionary<string, ProjectFloatings>.Empty;

    /// <summary>The address among the blocks loaded; null: no pool has it, if they were all loaded.</summary>
    public FloatingPlace? Find(Ipv4 address) => Blocks.Values
        .Where(block => block.Key.First == FloatingKey.FirstOf(address))
        .Select(block => block.Find(address) is { } floating ? new FloatingPlace(block.Key, floating) : null)
        .FirstOrDefault(place => place is not null);
}
