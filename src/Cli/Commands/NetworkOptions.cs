using System.CommandLine;

namespace NovaNetBus.Cli.Commands;

/// <summary>The options of <c>network create</c>. What is left out is the scheduler's configuration to say.</summary>
internal static class NetworkOptions
{
    /// <summary>New ones each time: an option belongs to one tree of commands.</summary>
    public static IEnumerable<Option> All() => [.. Range(), .. Links(), .. Addresses(), .. Rest()];

    private static IEnumerable<Option> Range()
    {
        yield return Arguments.Required("--fixed-range-v4", "CIDR", "The IPv4 range that is cut into networks");
        yield return Arguments.Number("--num-networks", "N", "How many networks", 1, int.MaxValue);
        yield return Arguments.Number("--network-size", "N", "Addresses in each network", 1, int.MaxValue);
    }

    private static IEnumerable<Option> Links() =>
    [
        Arguments.Text("--bridge", "BRIDGE", "Bridge of the networks on each host"),
        Arguments.Text("--bridge-interface", "IF", "NIC that the bridge, or the VLAN device, sits on"),
        Arguments.Number("--vlan", "ID", "VLAN id of the network", 1, 4094),
        Arguments.Number("--vlan-start", "ID", "First VLAN id that is tried", 1, 4094),
        Arguments.Number("--vpn-start", "PORT", "First public port for the projects' VPN instances", 1, 65535),
        Arguments.Number("--mtu", "N", "MTU of bridge, ports and instances, in bytes", 68, 65535),
    ];

    private static IEnumerable<Option> Addresses() =>
    [
        Arguments.Text("--gateway", "IP", "Default router of the instances"),
        Arguments.Text("--dhcp-server", "IP", "Address that DHCP is answered from"),
        Arguments.Text("--dns1", "IP", "First DNS server"),
        Arguments.Text("--dns2", "IP", "Second DNS server"),
        Arguments.Text("--fixed-cidr", "CIDR", "Only addresses inside it are given to instances"),
        Arguments.Text("--allowed-start", "IP", "First address that is given to instances"),
        Arguments.Text("--allowed-end", "IP", "Last address that is given to instances"),
        Arguments.Text("--fixed-range-v6", "CIDR", "IPv6 range of the networks"),
        Arguments.Text("--gateway-v6", "IP", "IPv6 router of the instances"),
    ];

    private static IEnumerable<Option> Rest() =>
    [
        Arguments.Truth("--multi-host", "Every compute host is its own network host"),
        Arguments.Truth("--share-address", "All hosts use the same address on the network"),
        Arguments.Truth("--enable-dhcp", "Instances get their address by DHCP"),
        Arguments.Text("--project", "PROJECT", "The project that owns the network", "--project-id"),
        Arguments.Text("--uuid", "ID", "Id of the network, when only one is made"),
        Arguments.Number("--priority", "N", "Order of an instance's NICs, lowest first", 0, int.MaxValue),
    ];
}
