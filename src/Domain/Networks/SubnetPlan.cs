using System.Numerics;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.Networks;

/// <summary>How a range is cut into subnets of one size. Costs what the subnets are many, not what the range is large.</summary>
public static class SubnetPlan
{
    private const int ShortestPrefix = 8, LongestPrefix = 30, PrefixV6 = 64;

    /// <summary>
    /// The prefix length of each subnet: the size asked for, rounded up to a power of two; else the range shared by all, but at most the
    /// default size. Code: invalid-cidr, when that is no /8 to /30 or the range has not enough room, whoever is in it.
    /// </summary>
    public static Refusal? PrefixOf(Cidr range, int count, int? size, int defaultSize, out int prefix)
    {
        var bits = size is { } asked ? BitsFor(asked) : Math.Min(BitsFor(defaultSize), BitOperations.Log2((ulong)Math.Max(1, range.Size / count)));
        prefix = 32 - bits;
        if (range.Size >> bits < count)
        {
            return new Refusal("invalid-cidr", $"{range} has {range.Size} addresses, too few for {count} network(s) of {1L << bits}; take a larger range, or fewer or smaller networks.");
        }

        return prefix is >= ShortestPrefix and <= LongestPrefix
            ? null
            : new Refusal("invalid-cidr", $"{range} in {count} network(s) makes /{prefix}; a network is /{ShortestPrefix} to /{LongestPrefix}.");
    }

    /// <summary>The first <paramref name="count"/> subnets of the range that touch nothing taken, in order, wherever between the taken ones they are; fewer when there are no more.</summary>
    public static IReadOnlyList<Cidr> Cut(Cidr range, int prefix, int count, IEnumerable<Cidr> taken)
    {
        long SlotOf(Ipv4 address) => (address - range.Network) >> (32 - prefix);
        var slots = taken.Where(range.Overlaps).Select(other => other.Contains(range)
            ? new Slots(0, SlotOf(range.Broadcast))
            : new Slots(SlotOf(other.Network), SlotOf(other.Broadcast)));
        return [.. Free(SlotOf(range.Broadcast) + 1, count, slots).Select(slot => new Cidr(range.Network + (uint)(slot << (32 - prefix)), prefix))];
    }

    /// <summary>The same for IPv6: subnets of /64, since instances make their own addresses in it (nova: 8a196b2ec7).</summary>
    public static IReadOnlyList<Ipv6Cidr> Cut(Ipv6Cidr range, int count, IEnumerable<Ipv6Cidr> taken)
    {
        long SlotOf(Ipv6 address) => (long)((address.Value - range.Network.Value) >> (128 - PrefixV6));
        var slots = taken.Where(range.Overlaps).Select(other => other.PrefixLength <= range.PrefixLength
            ? new Slots(0, SlotOf(range.Last))
            : new Slots(SlotOf(other.Network), SlotOf(other.Last)));
        return [.. Free(SlotOf(range.Last) + 1, count, slots).Select(slot => new Ipv6Cidr(range.Network + ((UInt128)slot << (128 - PrefixV6)), PrefixV6))];
    }

    /// <summary>True when the range can be cut into subnets of /64.</summary>
    public static bool CanBeCut(Ipv6Cidr range) => range.PrefixLength is >= ShortestPrefix and <= PrefixV6;

    private static int BitsFor(int size) => BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)size));

    /// <summary>One walk along the places for subnets; those that are taken are jumped over.</summary>
    private static IEnumerable<long> Free(long slots, int count, IEnumerable<Slots> taken)
    {
        var next = 0L;
        foreach (var other in taken.OrderBy(other => other.First).Append(new Slots(slots, slots)))
        {
            for (; next < other.First && count > 0; next++, count--)
            {
                yield return next;
            }

            next = Math.Max(next, other.Last + 1);
        }
    }

    /// <summary>Places for subnets in a row, both ends included.</summary>
    private readonly record struct Slots(long First, long Last);
}
