using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Ledger;

/// <summary>Counts addresses.</summary>
internal static class BlockUse
{
    /// <summary>How many addresses of a block are not reserved.</summary>
    public static int Capacity(Network network, int index) =>
        new BlockLayout(network.Cidr).AddressesOf(index).Count(address => !network.IsReserved(address));

    /// <summary>How many addresses instances have, those included that their host has not let go of.</summary>
    public static int OfInstances(Block block) =>
        block.Used.Values.Count(used => used.Status is FixedIpStatus.Allocated or FixedIpStatus.Deallocated or FixedIpStatus.LetGo);

    /// <summary>How many addresses hosts have for themselves.</summary>
    public static int OfHosts(Block block) => block.Used.Values.Count(used => used.Status is FixedIpStatus.TakenByHost);
}
