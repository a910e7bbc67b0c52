using NovaNetBus.Domain.FixedIps;

namespace NovaNetBus.Domain.Instances;

/// <summary>The addresses that NICs still hold; never one that another has by now. Those of a network that is gone went with it.</summary>
internal static class HeldAddresses
{
    /// <summary>The decision that follows from what becomes of each, or what must be loaded first.</summary>
    public static InstanceDecision Change(
        IEnumerable<Port> ports, InstanceSituation situation, Func<FixedIp, IEnumerable<FixedIpEvent>> become, Func<ValueList<BlockEvent>, InstanceDecision> decide)
    {
        var events = new List<BlockEvent>();
        foreach (var port in ports)
        {
            if (situation.Networks.FirstOrDefault(candidate => candidate.Id == port.NetworkId) is not { } network)
            {
                continue;
            }

            var key = BlockKey.Of(network, port.Address);
            if (!situation.Blocks.TryGetValue(key, out var block))
            {
                return new InstanceDecision.NeedsBlock(key);
            }

            if (block.Used.GetValueOrDefault(port.Address) is { } used && used.VifId == port.VifId)
            {
                events.AddRange(become(used).Select(change => new BlockEvent(key, change)));
            }
        }

        return decide(events.ToValueList());
    }

    /// <summary>Of an address that its instance does not have any more.</summary>
    public static IEnumerable<FixedIpEvent> Deallocated(FixedIp used, DateTimeOffset now) =>
        used.Status == FixedIpStatus.Allocated ? [new FixedIpDeallocated(used.Address, now)] : [];

    /// <summary>Of an address that its host has let go of: free, unless its lease has been left to run and does.</summary>
    public static IEnumerable<FixedIpEvent> LetGo(FixedIp used, bool endsLeases, DateTimeOffset now) =>
        endsLeases || !used.IsLeased(now) ? [new FixedIpReleased(used.Address, now)] : [new FixedIpLetGo(used.Address, now)];
}
