using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.Instances;

/// <summary>
/// A compute host without a worker: the compute service plugs by itself, and another host's worker acts for its instances. That can be where one host is gateway and DHCP server
/// for all; a network with multi_host is served on the instance's own host or nowhere.
/// </summary>
public static class UnattendedHost
{
    /// <summary>Why an instance on such a host cannot have these networks; null: it can. Code: host-not-found.</summary>
    public static Refusal? WhyNot(string host, IEnumerable<Network> networks) => networks.FirstOrDefault(network => network.MultiHost) is { } own
        ? new Refusal("host-not-found", $"No worker is known on host '{host}', and network {own.Label} ({own.Cidr}) has multi_host: start novanet-worker there, or correct the name.", Retryable: true)
        : null;

    /// <summary>
    /// Whose workers may act for an instance with these networks, the best first: the hosts that serve them, in the order of its NICs, then any other that works. Whoever acts
    /// decides and has the others follow, so that it need not be one that serves.
    /// </summary>
    public static IReadOnlyList<string> MayAct(IEnumerable<Network> networks, IEnumerable<HostStanding> hosts)
    {
        var working = hosts.Where(host => host.IsAlive && host.Unattended == TimeSpan.Zero).Select(host => host.Name).Order(StringComparer.Ordinal).ToList();
        var serving = networks.Select(network => network.Host).OfType<string>().Distinct().ToList();
        return [.. serving.Where(working.Contains), .. working.Except(serving), .. serving.Except(working)];
    }
}
