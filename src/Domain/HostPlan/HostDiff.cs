namespace NovaNetBus.Domain.HostPlan;

/// <summary>The steps from one state of a host to another.</summary>
public static class HostDiff
{
    /// <summary>
    /// What is too much goes first, in reverse rank: an address or a port never has two owners in between. What is missing or different
    /// follows in rank. Empty when the two are equal.
    /// </summary>
    public static IReadOnlyList<HostAction> Between(HostState desired, HostState actual)
    {
        var removals = actual.Resources
            .Where(resource => desired.Find(resource.Key) is null && resource is not Sysctl and not FirewallRules)
            .OrderByDescending(Rank).ThenBy(resource => resource.Key, StringComparer.Ordinal)
            .Select(resource => (HostAction)new HostAction.Remove(resource));
        var build = desired.Resources
            .Where(resource => actual.Find(resource.Key) != resource)
            .OrderBy(Rank).ThenBy(resource => resource.Key, StringComparer.Ordinal)
            .Select(resource => actual.Find(resource.Key) is { } previous ? (HostAction)new HostAction.Change(previous, resource) : new HostAction.Add(resource));
        return [.. removals, .. build];
    }

    /// <summary>The order of build-up.</summary>
    private static int Rank(HostResource resource) => resource switch
    {
        Sysctl { Name: Sysctl.Ipv6Forwarding } => 15, // a host that routes forgets its own router, unless it was told before that it shall not
        Sysctl => 10,           // bridged frames must not meet the IP hooks, before there is a bridge
        FirewallRules => 20,    // what is not known may not send, before there is a port
        Bridge => 30,
        FirewallElement => 40,  // a port is known by name before it is plugged, and guarded before its uplink carries traffic
        BridgeIpv6 => 45,
        BridgeAddress => 50,
        BridgeAddressV6 => 52,
        VlanDevice => 55,
        Uplink => 60,
        DhcpServer => 70,       // it binds to the address
        DhcpHost => 80,         // answered last, when all that the instance will use is there
        FloatingAddress => 90,  // what comes in is translated by then; last, so that a NIC that is missing holds up nothing else
        _ => throw new InvalidOperationException($"{resource.GetType().Name} has no rank"),
    };
}
