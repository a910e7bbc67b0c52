using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Domain.FixedIps;

/// <summary>What a host's DHCP server told of a lease.</summary>
/// <param name="Address">The fixed IP.</param>
/// <param name="Mac">The client's.</param>
/// <param name="Host">Whose DHCP server.</param>
/// <param name="ExpiresAt">UTC; null: the lease has ended.</param>
/// <param name="At">UTC, when.</param>
public sealed record LeaseSeen(Ipv4 Address, MacAddress Mac, string Host, DateTimeOffset? ExpiresAt, DateTimeOffset At);

/// <summary>What follows from leases that were seen. They may be told late, twice, or of an address that is long somebody else's.</summary>
public static class LeaseDecisions
{
    /// <summary>The lease is known from then on; with its end, an address that waited for nothing else is free.</summary>
    public static InstanceDecision Seen(LeaseSeen seen, InstanceSituation situation)
    {
        if (situation.Networks.FirstOrDefault(candidate => candidate.Cidr.Contains(seen.Address)) is not { } network)
        {
            return InstanceDecision.Unchanged; // a network that is gone
        }

        var key = BlockKey.Of(network, seen.Address);
        return !situation.Blocks.TryGetValue(key, out var block)
            ? new InstanceDecision.NeedsBlock(key)
            : new InstanceDecision.Decided { Blocks = Following(seen, block).Select(change => new BlockEvent(key, change)).ToValueList() };
    }

    private static IEnumerable<FixedIpEvent> Following(LeaseSeen seen, Block block)
    {
        var before = block.Used.GetValueOrDefault(seen.Address);
        var change = ChangeOf(seen, before?.Leases.FirstOrDefault(lease => lease.Host == seen.Host));
        if (change is not null)
        {
            yield return change;
        }

        var after = change is null ? before : FixedIp.Evolve(before, change);
        if (seen.ExpiresAt is null && after is { Status: FixedIpStatus.LetGo } && !after.IsLeased(seen.At))
        {
            yield return new FixedIpReleased(seen.Address, seen.At);
        }
    }

    /// <summary>Null: nothing that was not known.</summary>
    private static FixedIpLeaseEvent? ChangeOf(LeaseSeen seen, Lease? known) => (seen.ExpiresAt, known) switch
    {
        (null, { } lease) when lease.Mac == seen.Mac => new FixedIpLeaseEnded(seen.Address, seen.Mac, seen.Host, seen.At),
        (null, _) => null,
        ({ } expires, _) when expires <= seen.At => null,
        ({ } expires, { } lease) when lease.Mac == seen.Mac => expires > lease.ExpiresAt ? new FixedIpLeaseRenewed(seen.Address, seen.Mac, seen.Host, expires, seen.At) : null,
        ({ } expires, _) => new FixedIpLeaseStarted(seen.Address, seen.Mac, seen.Host, expires, seen.At),
    };
}
