using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Domain.FixedIps;

/// <summary>What nobody comes to free any more.</summary>
public static class Reaping
{
    /// <summary>
    /// Frees the addresses of a block that have been deallocated since <paramref name="limit"/> or longer, whether their host has let go of them or not, and does not come
    /// back (option fixed_ip_disassociate_timeout). A lease that is known to run on keeps the address from others all the same.
    /// </summary>
    public static InstanceDecision Overdue(BlockKey key, DateTimeOffset limit, InstanceSituation situation, DateTimeOffset now) => OfBlock(key, situation, block =>
        block.Used.Values.Where(used => IsDeallocated(used) && used.ChangedAt <= limit).Select(used => new FixedIpReleased(used.Address, now)));

    /// <summary>A host is gone for good, and what it had for itself is free. What is left of it in blocks is for <see cref="OfForgottenHost"/>.</summary>
    public static InstanceDecision Forget(InstanceSituation situation, DateTimeOffset now)
    {
        var host = situation.Host;
        if (host.IsRetired)
        {
            return InstanceDecision.Unchanged;
        }

        var own = situation.Networks.Where(network => host.Addresses.ContainsKey(network.Id)).Select(network => BlockKey.Of(network, host.Addresses[network.Id])).ToList();
        return own.Exists(key => !situation.Blocks.ContainsKey(key))
            ? new InstanceDecision.NeedsBlock(own.First(key => !situation.Blocks.ContainsKey(key)))
            : new InstanceDecision.Decided
            {
                Hosts = [new HostRetired(host.Name, now)],
                Blocks = own.SelectMany(key => situation.Blocks[key].Used.Values
                    .Where(used => used.Status is FixedIpStatus.TakenByHost or FixedIpStatus.LeftByHost && used.Host == host.Name)
                    .Select(used => new BlockEvent(key, new FixedIpReleased(used.Address, now)))).ToValueList(),
            };
    }

    /// <summary>
    /// Frees what a host that is gone for good had of a block for itself or had not let go of, and ends the leases that it had given. Addresses of its instances go with
    /// these (<see cref="InstanceDecisions.Forgotten"/>). Nothing once the host has joined anew.
    /// </summary>
    public static InstanceDecision OfForgottenHost(BlockKey key, InstanceSituation situation, DateTimeOffset now) => !situation.Host.IsRetired
        ? InstanceDecision.Unchanged
        : OfBlock(key, situation, block => block.Used.Values.SelectMany(used => Without(situation.Host.Name, used, now)));

    /// <summary>The end of an address's leases on a host that is gone, and of its use if that ends with the host.</summary>
    internal static IEnumerable<FixedIpEvent> Without(string host, FixedIp used, DateTimeOffset now)
    {
        foreach (var lease in used.Leases.Where(lease => lease.Host == host))
        {
            yield return new FixedIpLeaseEnded(used.Address, lease.Mac, host, now);
        }

        if (used.Host == host && (used.Status is FixedIpStatus.TakenByHost or FixedIpStatus.LeftByHost || IsDeallocated(used)))
        {
            yield return new FixedIpReleased(used.Address, now);
        }
    }

    private static bool IsDeallocated(FixedIp used) => used.Status is FixedIpStatus.Deallocated or FixedIpStatus.LetGo;

    private static InstanceDecision OfBlock(BlockKey key, InstanceSituation situation, Func<Block, IEnumerable<FixedIpEvent>> change) =>
        situation.Networks.All(network => network.Id != key.NetworkId) ? InstanceDecision.Unchanged
        : situation.Blocks.TryGetValue(key, out var block) ? new InstanceDecision.Decided { Blocks = change(block).Select(one => new BlockEvent(key, one)).ToValueList() }
        : new InstanceDecision.NeedsBlock(key);
}
