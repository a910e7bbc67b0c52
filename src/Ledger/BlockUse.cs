using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Ledger;

/// <summary>Counts a block's addresses, for what is asked of many blocks at once.</summary>
internal static class BlockUse
{
    /// <summary>Brings the counts of a document in line with its state; <paramref name="network"/> is null when it is gone.</summary>
    public static void Count(BlockDocument document, Network? network)
    {
        var used = document.State.Used.Values;
        document.FreeFrom = network is null ? null : BlockDecisions.FreeFrom(document.State, network);
        document.DeallocatedSince = used.Where(IsDeallocated).Select(address => (DateTimeOffset?)address.ChangedAt).Min();
        document.OfInstances = used.Count(address => address.Status == FixedIpStatus.Allocated || IsDeallocated(address));
        document.OfHosts = used.Count(address => address.Status is FixedIpStatus.TakenByHost or FixedIpStatus.LeftByHost);
        document.Reserved = used.Count(address => address.Status == FixedIpStatus.Reserved);
        document.Hosts = [.. used.SelectMany(address => address.Leases.Select(lease => lease.Host).Append(address.Host)).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
    }

    private static bool IsDeallocated(FixedIp address) => address.Status is FixedIpStatus.Deallocated or FixedIpStatus.LetGo;
}
