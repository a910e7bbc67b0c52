using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.FixedIps;

/// <summary>Addresses that an operator keeps from being given out. What is so already is done, so that a command may come twice.</summary>
public static class Reservations
{
    /// <summary>
    /// Codes: fixed-ip-invalid, fixed-ip-not-found-for-network when no network has it, fixed-ip-already-in-use when somebody has it (nova reserved it all the same).
    /// </summary>
    public static InstanceDecision Reserve(string address, InstanceSituation situation, DateTimeOffset now) => Change(address, situation, (wanted, network, used) => used switch
    {
        _ when network.IsReserved(wanted) => InstanceDecision.Unchanged,
        { Status: FixedIpStatus.Reserved } => InstanceDecision.Unchanged,
        null or { Status: FixedIpStatus.Released } => Decided(network, new FixedIpReserved(wanted, now)),
        _ => Refuse(new Refusal("fixed-ip-already-in-use", $"{wanted} is in use {By(used)}; delete that first, or choose another.")),
    });

    /// <summary>Codes: as for <see cref="Reserve"/>; what the network itself keeps back, or a host has, is in use.</summary>
    public static InstanceDecision Unreserve(string address, InstanceSituation situation, DateTimeOffset now) => Change(address, situation, (wanted, network, used) => used switch
    {
        _ when network.IsReserved(wanted) => Refuse(new Refusal("fixed-ip-already-in-use", $"{wanted} is what network {network.Label} ({network.Cidr}) keeps back for itself; it cannot be given out.")),
        { Status: FixedIpStatus.Reserved } => Decided(network, new FixedIpUnreserved(wanted, now)),
        { Status: FixedIpStatus.TakenByHost or FixedIpStatus.LeftByHost } => Refuse(new Refusal("fixed-ip-already-in-use", $"{wanted} is in use {By(used)}; it is free when the host leaves the network (teardown_unused_network_gateway) or is forgotten, or the network deleted.")),
        _ => InstanceDecision.Unchanged,
    });

    private static InstanceDecision Change(string text, InstanceSituation situation, Func<Ipv4, Network, FixedIp?, InstanceDecision> decide)
    {
        if (!Ipv4.TryParse(text, out var address))
        {
            return Refuse(new Refusal("fixed-ip-invalid", $"'{text}' is not an IPv4 address."));
        }

        if (situation.Networks.FirstOrDefault(candidate => candidate.Cidr.Contains(address)) is not { } network)
        {
            return Refuse(new Refusal("fixed-ip-not-found-for-network", $"No network has the address {address}; see 'novanet network list'."));
        }

        var key = BlockKey.Of(network, address);
        return situation.Blocks.TryGetValue(key, out var block) ? decide(address, network, block.Used.GetValueOrDefault(address)) : new InstanceDecision.NeedsBlock(key);
    }

    private static InstanceDecision.Decided Decided(Network network, FixedIpEvent change) =>
        new() { Blocks = [new BlockEvent(BlockKey.Of(network, change.Address), change)] };

    private static string By(FixedIp used) => used.InstanceId is { } instance ? $"by instance {instance}" : $"by host {used.Host}";

    private static InstanceDecision.Refused Refuse(Refusal refusal) => new(refusal, null);
}
