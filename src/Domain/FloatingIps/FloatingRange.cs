using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.FloatingIps;

/// <summary>Addresses that are added to a pool, or taken from it, together.</summary>
/// <param name="First">The first one.</param>
/// <param name="Last">The last one, which is in it too.</param>
public readonly record struct FloatingRange(Ipv4 First, Ipv4 Last)
{
    private const int LargestPrefix = 16, SmallestPrefix = 30;

    private static readonly Cidr[] Unusable = [Cidr.Parse("0.0.0.0/8"), Cidr.Parse("127.0.0.0/8"), Cidr.Parse("224.0.0.0/3")];

    /// <summary>How many addresses: 1 to 65,534.</summary>
    public long Count => (long)(Last - First) + 1;

    /// <summary>
    /// Reads <c>203.0.113.7</c>, one address, or <c>203.0.113.0/24</c>: its hosts, so neither the network's nor the broadcast address; host bits
    /// are ignored (nova: address_to_hosts). Refused with invalid-cidr: what cannot be read, /31 and /32, more than a /16 at once (nova: a million
    /// addresses), and what no machine can have.
    /// </summary>
    public static Refusal? Read(string text, out FloatingRange range)
    {
        range = default;
        if (!Cidr.TryParse(text, out var cidr))
        {
            return new Refusal("invalid-cidr", $"'{text}' is neither an IPv4 address nor a range such as 203.0.113.0/24.");
        }

        if (Unusable.Any(unusable => unusable.Overlaps(cidr)))
        {
            return new Refusal("invalid-cidr", $"{cidr} holds addresses that no machine can have.");
        }

        if (!text.Contains('/', StringComparison.Ordinal))
        {
            range = new FloatingRange(cidr.Network, cidr.Network);
            return null;
        }

        range = new FloatingRange(cidr.Network + 1, new Ipv4(cidr.Broadcast.Value - 1));
        return cidr.PrefixLength switch
        {
            > SmallestPrefix => new Refusal("invalid-cidr", $"{cidr} is too small to have hosts; name its addresses one by one, without a prefix length."),
            < LargestPrefix => new Refusal("invalid-cidr", $"{cidr} has too many addresses for one call; a range is at most a /{LargestPrefix}."),
            _ => null,
        };
    }

    /// <summary>True when the address is one of these.</summary>
    public bool Contains(Ipv4 address) => address >= First && address <= Last;

    /// <summary>The first addresses of all blocks that the range touches.</summary>
    public IEnumerable<Ipv4> Blocks()
    {
        for (var block = FloatingKey.FirstOf(First).Value; block <= Last.Value; block += FloatingKey.Size)
        {
            yield return new Ipv4(block);
        }
    }

    /// <summary>The part that lies in the block with this first address.</summary>
    public FloatingRange In(Ipv4 block) => new(new Ipv4(Math.Max(First.Value, block.Value)), new Ipv4(Math.Min(Last.Value, block.Value + FloatingKey.Size - 1)));

    /// <summary>The two ends, or the one address.</summary>
    public override string ToString() => First == Last ? First.ToString() : $"{First} to {Last}";
}
