using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.FixedIps;

/// <summary>
/// How a network's addresses are cut into blocks. A block is one stream and so the unit of concurrency: writers of different blocks never
/// meet, and two writers of one can never both win an address.
/// </summary>
public readonly record struct BlockLayout
{
    private const int LargestBlock = 64, SmallestBlock = 4, WantedBlocks = 8;

    private readonly Cidr cidr;

    /// <summary>The layout of a network of this range.</summary>
    public BlockLayout(Cidr cidr) => this.cidr = cidr;

    /// <summary>Addresses in a block: 64, or an eighth of a small network, but at least 4. Always a power of two.</summary>
    public int BlockSize => (int)Math.Clamp(cidr.Size / WantedBlocks, SmallestBlock, LargestBlock);

    /// <summary>How many blocks.</summary>
    public int Count => (int)Math.Max(1, cidr.Size / BlockSize);

    /// <summary>The block that holds an address of the network.</summary>
    public int IndexOf(Ipv4 address) => (int)((address - cidr.Network) / (uint)BlockSize);

    /// <summary>All addresses of a block, reserved ones included, in order.</summary>
    public IEnumerable<Ipv4> AddressesOf(int index)
    {
        var first = cidr.Network + ((uint)index * (uint)BlockSize);
        var size = (uint)Math.Min(BlockSize, cidr.Size);
        for (uint offset = 0; offset < size; offset++)
        {
            yield return first + offset;
        }
    }

    /// <summary>Where a host starts to look, derived from its name, so that hosts rarely meet in a block.</summary>
    public int StartFor(string host)
    {
        const uint fnvOffset = 2166136261, fnvPrime = 16777619;
        var hash = host.Aggregate(fnvOffset, (sum, c) => unchecked((sum ^ c) * fnvPrime));
        return (int)(hash % (uint)Count);
    }
}
