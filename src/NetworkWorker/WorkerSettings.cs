using System.Net;
using System.Net.Sockets;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting.Options;

namespace NovaNetBus.NetworkWorker;

/// <summary>From the options to what the plan depends on.</summary>
internal static class WorkerSettings
{
    /// <summary>Of this worker's host.</summary>
    public static HostSettings From(NovaNetOptions options) => new(
        PublicInterface(options),
        options.FlatNetworkBridge,
        options.FlatInterface,
        options.RoutingSourceIp is { } source ? ToIpv4(source) : null,
        options.DmzCidr.Select(ToCidr).ToValueList(),
        options.DhcpLeaseTime,
        options.DhcpDomain,
        options.DnsServer.Select(ToIpv4).ToValueList())
    {
        Manager = options.NetworkManager,
        InjectsConfiguration = options.NetworkManager == NetworkManagerKind.FlatManager && options.FlatInjected,
        VpnIp = options.VpnIp is { AddressFamily: AddressFamily.InterNetwork } vpn ? ToIpv4(vpn) : null,
        UsesIpv6 = options.UseIpv6,
        AllowsSameNetTraffic = options.AllowSameNetTraffic,
        HasSingleDefaultGateway = options.UseSingleDefaultGateway,
        AddsNetworkDns = options.UseNetworkDnsServers,
        EndsLeases = options.ForceDhcpRelease,
        VlanInterface = options.VlanInterface,
        TearsDownUnused = options.TeardownUnusedNetworkGateway,
        TakesInterfaceAddresses = options.TakeInterfaceAddresses,
        ForceSnatRanges = options.ForceSnatRange.Select(ToCidr).ToValueList(),
        ForwardInterfaces = options.ForwardBridgeInterface.Contains("all") ? null : options.ForwardBridgeInterface.ToValueList(),
        Metadata = MetadataOf(options),
    };

    /// <summary>A line for each option that is right in itself, but that this worker cannot serve.</summary>
    public static IEnumerable<string> Faults(NovaNetOptions options)
    {
        foreach (var (ranges, option) in new[] { (options.DmzCidr, "dmz_cidr"), (options.ForceSnatRange, "force_snat_range") })
        {
            foreach (var range in ranges.Where(range => range.BaseAddress.AddressFamily != AddressFamily.InterNetwork))
            {
                yield return $"{option}: {range} is no IPv4 range.";
            }
        }

        if (options.MetadataHost is { AddressFamily: not AddressFamily.InterNetwork })
        {
            yield return $"metadata_host: {options.MetadataHost} is no IPv4 address, as instances ask 169.254.169.254.";
        }
    }

    /// <summary>When that NIC becomes a port of the flat bridge with all its addresses, the bridge is the way out.</summary>
    private static string PublicInterface(NovaNetOptions options) =>
        options.TakeInterfaceAddresses && options.NetworkManager == NetworkManagerKind.FlatDHCPManager && options.FlatInterface == options.PublicInterface
            ? options.FlatNetworkBridge
            : options.PublicInterface;

    /// <summary>nova: the metadata API of this host, unless metadata_host is another's. With FlatManager the way there is the operator's.</summary>
    private static MetadataTarget? MetadataOf(NovaNetOptions options) => options.MetadataHost switch
    {
        null => null,
        _ when options.NetworkManager == NetworkManagerKind.FlatManager => null,
        var host when IPAddress.IsLoopback(host) || host.Equals(options.MyIp) => new MetadataTarget(MetadataTarget.WellKnown, options.MetadataPort),
        var host => new MetadataTarget(ToIpv4(host), options.MetadataPort),
    };

    private static Ipv4 ToIpv4(IPAddress address) => Ipv4.Parse(address.ToString());

    private static Cidr ToCidr(IPNetwork network) => new(ToIpv4(network.BaseAddress), network.PrefixLength);
}
