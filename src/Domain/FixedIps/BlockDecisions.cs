using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.FixedIps;

/// <summary>Which address of a block is next.</summary>
public static class BlockDecisions
{
    /// <summary>
    /// The lowest address that was never used, else the one released longest ago: a lost release or an old ARP entry then hurts
    /// nobody (nova: 32b4ce0e92). Never one that another MAC address than this (null: a host's own) has on lease. Null: the block has none.
    /// </summary>
    public static Ipv4? NextFree(Block block, Network network, MacAddress? mac, DateTimeOffset now)
    {
        var layout = new BlockLayout(network.Cidr);
        foreach (var address in layout.AddressesOf(block.Index))
        {
            if (!network.IsReserved(address) && !block.Used.ContainsKey(address))
            {
                return address;
            }
        }

        return Rested(block, network)
            .Where(used => !(used.LeasedToAnotherThan(mac) > now))
            .OrderBy(used => used.ChangedAt).ThenBy(used => used.Address)
            .FirstOrDefault()?.Address;
    }

    /// <summary>
    /// From when on the block has an address to give to anybody, as far as is known: a time that has passed is as good as now. Null: it has none, however long
    /// one waits.
    /// </summary>
    public static DateTimeOffset? FreeFrom(Block block, Network network)
    {
        var neverUsed = new BlockLayout(network.Cidr).AddressesOf(block.Index).Any(address => !network.IsReserved(address) && !block.Used.ContainsKey(address));
        return neverUsed ? DateTimeOffset.UnixEpoch : Rested(block, network).Select(used => used.LeasedToAnotherThan(null) ?? used.ChangedAt).Cast<DateTimeOffset?>().Min();
    }

    /// <summary>
    /// Why this address of the block cannot be given to this MAC address, or null when it can; a reserved one can
    /// only when it <paramref name="isKeptForIt"/>. Codes: fixed-ip-not-found-for-network, fixed-ip-already-in-use.
    /// </summary>
    public static Refusal? WhyNot(Ipv4 address, Block block, Network network, MacAddress mac, DateTimeOffset now, bool isKeptForIt = false)
    {
        if ((network.IsReserved(address) && !isKeptForIt) || block.Used.GetValueOrDefault(address) is { Status: FixedIpStatus.Reserved })
        {
            return new Refusal("fixed-ip-not-found-for-network", $"{address} is reserved in network {network.Label} ({network.Cidr}); ask for another.");
        }

        if (block.Used.GetValueOrDefault(address) is { Status: not FixedIpStatus.Released } used)
        {
            return new Refusal("fixed-ip-already-in-use", $"{address} is in use{(used.InstanceId is { } id ? $" by instance {id}" : "")}; ask for another.");
        }

        return block.Used.GetValueOrDefault(address)?.LeasedToAnotherThan(mac) is { } until && until > now
            ? new Refusal("fixed-ip-already-in-use", $"{address} is on lease to another MAC address until {until:u}; ask for another, or again after that.", Retryable: true)
            : null;
    }

    /// <summary>Reads an address that was asked for. Codes: fixed-ip-invalid, fixed-ip-not-found-for-network.</summary>
    public static Refusal? Read(string text, Network network, out Ipv4 address) =>
        !Ipv4.TryParse(text, out address)
            ? new Refusal("fixed-ip-invalid", $"'{text}' is not an IPv4 address.")
            : network.Cidr.Contains(address)
                ? null
                : new Refusal("fixed-ip-not-found-for-network", $"{address} is not in network {network.Label} ({network.Cidr}).");

    private static IEnumerable<FixedIp> Rested(Block block, Network network) =>
        block.Used.Values.Where(used => used.Status == FixedIpStatus.Released && !network.IsReserved(used.Address));
}
