using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Domain.Hosts;

/// <summary>
/// Networks that a host leaves with their last instance there (teardown_unused_network_gateway). It commits twice, like a deletion: first it has the network no more, and an
/// address of its own there is nobody's; when the host is as that says, the address is free. So no two hosts ever answer for one address, wherever a worker dies in between.
/// </summary>
public static class UnusedNetworks
{
    /// <summary>True while the host must have a network for the sake of this instance: one of its own, or one on a network that it serves for all.</summary>
    public static bool IsNeededFor(InstanceNetwork instance, Guid networkId, string host) =>
        (instance.IsOnHost || instance.IsOnItsWay || instance.Leaving.Count > 0 || (instance.Status == InstanceStatus.Releasing && !instance.Ready.Contains(host)))
        && instance.Ports.Concat(instance.Leaving).Any(port => port.NetworkId == networkId);

    /// <summary>The host that asks has these networks no more. No instance of it needs them, and none comes until that is recorded.</summary>
    public static InstanceDecision Leave(IReadOnlyCollection<Guid> networks, InstanceSituation situation, DateTimeOffset now)
    {
        var host = situation.Host;
        var left = situation.Networks.Where(network => networks.Contains(network.Id) && host.Has(network.Id)).ToList();
        var own = left.Where(network => host.Addresses.ContainsKey(network.Id))
            .Select(network => (Key: BlockKey.Of(network, host.Addresses[network.Id]), Address: host.Addresses[network.Id])).ToList();
        return own.Exists(one => !situation.Blocks.ContainsKey(one.Key))
            ? new InstanceDecision.NeedsBlock(own.First(one => !situation.Blocks.ContainsKey(one.Key)).Key)
            : new InstanceDecision.Decided
            {
                Hosts = left.Select(HostEvent (network) => new HostLeftNetwork(host.Name, network.Id, now)).ToValueList(),
                Blocks = own.Select(one => new BlockEvent(one.Key, new FixedIpLeftByHost(one.Address, now))).ToValueList(),
            };
    }

    /// <summary>The host that asks answers for these addresses of a block no more, which it has left: they are free.</summary>
    public static InstanceDecision LetGo(BlockKey key, IReadOnlyCollection<Ipv4> addresses, InstanceSituation situation, DateTimeOffset now) =>
        situation.Networks.All(network => network.Id != key.NetworkId) ? InstanceDecision.Unchanged
        : !situation.Blocks.TryGetValue(key, out var block) ? new InstanceDecision.NeedsBlock(key)
        : new InstanceDecision.Decided
        {
            Blocks = block.Used.Values.Where(used => used.Status == FixedIpStatus.LeftByHost && used.Host == situation.Host.Name && addresses.Contains(used.Address))
                .Select(used => new BlockEvent(key, new FixedIpReleased(used.Address, now))).ToValueList(),
        };
}
