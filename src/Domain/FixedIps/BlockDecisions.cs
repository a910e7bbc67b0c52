using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.FixedIps;

/// <summary>Which address of a block is next.</summary>
public static class BlockDecisions
{
    /// <summary>
    /// The lowest address that was never used, else the one released longest ago: a lost release or an old ARP entry then hurts
    /// nobody (nova: 32b4ce0e92). Null: the block has none.
    /// </summary>
    public static Ipv4? NextFree(Block block, Network network)
    {
        var layout = new BlockLayout(network.Cidr);
        foreach (var address in layout.AddressesOf(block.Index))
        {
            if (!network.IsReserved(address) && !block.Used.ContainsKey(address))
            {
                return address;
            }
        }

        return block.Used.Values
            .Where(used => used.Status == FixedIpStatus.Released && !network.IsReserved(used.Address))
            .OrderBy(used => used.ChangedAt).ThenBy(used => used.Address)
            .FirstOrDefault()?.Address;
    }

    /// <summary>
    /// Why this address of the block cannot be given, or null when it can. Codes: fixed-ip-not-found-for-network, fixed-ip-already-in-use.
    /// </summary>
    public static Refusal? WhyNot(Ipv4 address, Block block, Network network)
    {
        if (network.IsReserved(address))
        {
            return new Refusal("fixed-ip-not-found-for-network", $"{address} is reserved in network {network.Label} ({network.Cidr}); ask for another.");
        }

        return block.Used.GetValueOrDefault(address) is { Status: not FixedIpStatus.Released } used
            ? new Refusal("fixed-ip-already-in-use", $"{address} is in use{(used.InstanceId is { } id ? $" by instance {id}" : "")}; ask for another.")
            : null;
    }

    /// <summary>Reads an address that was asked for. Codes: fixed-ip-invalid, fixed-ip-not-found-for-network.</summary>
    public static Refusal? Read(string text, Network network, out Ipv4 address) =>
        !Ipv4.TryParse(text, out address)
            ? new Refusal("fixed-ip-invalid", $"'{text}' is not an IPv4 address.")
            : network.Cidr.Contains(address)
                ? null
                : new Refusal("fixed-ip-not-found-for-network", $"{address} is not in network {network.Label} ({network.Cidr}).");
}
