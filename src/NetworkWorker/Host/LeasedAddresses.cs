using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>The addresses that a host answers for while its lease lasts, as far as it is not silent about them: gateways and floating IPs.</summary>
internal sealed record LeasedAddresses(IReadOnlySet<Ipv4> Ipv4, IReadOnlySet<Ipv6> Ipv6)
{
    public static LeasedAddresses Of(HostState state)
    {
        var elements = state.Resources.OfType<FirewallElement>().ToLookup(element => element.Set, element => element.Parts[0]);
        return new(
            elements[FirewallSet.LeasedAddresses].Except(elements[FirewallSet.SilentAddresses]).Select(Domain.Addressing.Ipv4.Parse).ToHashSet(),
            elements[FirewallSet.LeasedAddresses6].Except(elements[FirewallSet.SilentAddresses6]).Select(Domain.Addressing.Ipv6.Parse).ToHashSet());
    }
}
