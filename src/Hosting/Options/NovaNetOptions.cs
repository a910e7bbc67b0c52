using System.Net;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Hosting.Options;

/// <summary>
/// The options of interfaces.md section 3 as one immutable value. Names and meanings are nova-network's; units stand with each.
/// </summary>
public sealed record NovaNetOptions
{
    /// <summary>FlatManager, FlatDHCPManager or VlanManager; nova's full class paths are accepted.</summary>
    [Option("FlatDHCPManager")] public NetworkManagerKind NetworkManager { get; init; }

    /// <summary>New networks: every compute host is its own network host.</summary>
    [Option("false")] public bool MultiHost { get; init; }

    /// <summary>This worker's name; default: the machine's.</summary>
    [Option("$machine_name", Rule = OptionRule.HostName)] public string Host { get; init; } = "";

    /// <summary>This host's address; default: the source address of the default route, else 127.0.0.1.</summary>
    [Option("$default_source_address")] public IPAddress MyIp { get; init; } = IPAddress.Loopback;

    /// <summary>Networks are created inside it.</summary>
    [Option("10.0.0.0/8")] public IPNetwork FixedRange { get; init; }

    /// <summary>Created as the default pool at first start, if given.</summary>
    [Option(null)] public IPNetwork? FloatingRange { get; init; }

    /// <summary>Free an address at once on delete; false: when its lease ends, or after the timeout.</summary>
    [Option("true")] public bool ForceDhcpRelease { get; init; }

    /// <summary>Seconds.</summary>
    [Option("600", Min = 1)] public int FixedIpDisassociateTimeout { get; init; }

    /// <summary>Carries floating addresses; SNAT leaves by it.</summary>
    [Option("eth0", Rule = OptionRule.InterfaceName)] public string PublicInterface { get; init; } = "";

    /// <summary>Bridge of flat and flatdhcp networks.</summary>
    [Option("br100", Rule = OptionRule.InterfaceName)] public string FlatNetworkBridge { get; init; } = "";

    /// <summary>NIC enslaved to it.</summary>
    [Option(null, Rule = OptionRule.InterfaceName)] public string? FlatInterface { get; init; }

    /// <summary>Parent of the VLAN devices.</summary>
    [Option(null, Rule = OptionRule.InterfaceName)] public string? VlanInterface { get; init; }

    /// <summary>First VLAN id.</summary>
    [Option("100", Min = 1, Max = 4094)] public int VlanStart { get; init; }

    /// <summary>Seconds; dnsmasq takes no less than 120.</summary>
    [Option("86400", Min = 120)] public int DhcpLeaseTime { get; init; }

    /// <summary>DNS suffix of the instances; may be empty.</summary>
    [Option("novalocal", Rule = OptionRule.Domain)] public string DhcpDomain { get; init; } = "";

    /// <summary>Upstream servers for dnsmasq.</summary>
    [Option("")] public IReadOnlyList<IPAddress> DnsServer { get; init; } = [];

    /// <summary>Use dns1 and dns2 of the network as upstream servers too.</summary>
    [Option("false")] public bool UseNetworkDnsServers { get; init; }

    /// <summary>No SNAT towards these.</summary>
    [Option("")] public IReadOnlyList<IPNetwork> DmzCidr { get; init; } = [];

    /// <summary>SNAT towards these also with an external gateway.</summary>
    [Option("")] public IReadOnlyList<IPNetwork> ForceSnatRange { get; init; } = [];

    /// <summary>Source of SNAT; empty: no SNAT.</summary>
    [Option("$my_ip")] public IPAddress? RoutingSourceIp { get; init; }

    /// <summary>Each new instance gets a floating address.</summary>
    [Option("false")] public bool AutoAssignFloatingIp { get; init; }

    /// <summary>Pool of floating addresses when none is named.</summary>
    [Option("nova")] public string DefaultFloatingPool { get; init; } = "";

    /// <summary>Send gratuitous ARP for new addresses.</summary>
    [Option("false")] public bool SendArpForHa { get; init; }

    /// <summary>How many gratuitous ARPs.</summary>
    [Option("3", Min = 0, Max = 100)] public int SendArpForHaCount { get; init; }

    /// <summary>One DHCP address for all hosts of a network.</summary>
    [Option("false")] public bool ShareDhcpAddress { get; init; }

    /// <summary>FlatManager: the compute service injects the interfaces file.</summary>
    [Option("false")] public bool FlatInjected { get; init; }

    /// <summary>DNS server of flat networks that name none.</summary>
    [Option("8.8.4.4")] public IPAddress? FlatNetworkDns { get; init; }

    /// <summary>Networks per create.</summary>
    [Option("1", Min = 1)] public int NumNetworks { get; init; }

    /// <summary>Addresses per network.</summary>
    [Option("256", Min = 1)] public int NetworkSize { get; init; }

    /// <summary>Public side of the VPN forwards.</summary>
    [Option("$my_ip")] public IPAddress? VpnIp { get; init; }

    /// <summary>First VPN port.</summary>
    [Option("1000", Min = 1, Max = 65535)] public int VpnStart { get; init; }

    /// <summary>Addresses reserved at the top of a VLAN network.</summary>
    [Option("0", Min = 0)] public int CntVpnClients { get; init; }

    /// <summary>Take a network's bridge down when its last instance is gone.</summary>
    [Option("false")] public bool TeardownUnusedNetworkGateway { get; init; }

    /// <summary>Where 169.254.169.254 leads.</summary>
    [Option("$my_ip")] public IPAddress? MetadataHost { get; init; }

    /// <summary>TCP port.</summary>
    [Option("8775", Min = 1, Max = 65535)] public int MetadataPort { get; init; }

    /// <summary>Fixed addresses per project; -1: no limit.</summary>
    [Option("-1", Min = -1)] public int QuotaFixedIps { get; init; }

    /// <summary>Floating addresses per project; -1: no limit.</summary>
    [Option("10", Min = -1)] public int QuotaFloatingIps { get; init; }

    /// <summary>Offer a router only on an instance's first NIC.</summary>
    [Option("false")] public bool UseSingleDefaultGateway { get; init; }

    /// <summary>Interfaces to which bridges may forward; "all" or names.</summary>
    [Option("all", Rule = OptionRule.InterfaceName)] public IReadOnlyList<string> ForwardBridgeInterface { get; init; } = [];

    /// <summary>Networks have IPv6 too.</summary>
    [Option("false")] public bool UseIpv6 { get; init; }

    /// <summary>Instances of one network may reach each other.</summary>
    [Option("true")] public bool AllowSameNetTraffic { get; init; }

    /// <summary>Days after its end when an instance's stream is archived; 0: never.</summary>
    [Option("30", Min = 0, Max = 36500)] public int LogArchiveDays { get; init; }

    /// <summary>Days for which the log tells what was so; what is gone for longer is taken out of it. 0: for ever.</summary>
    [Option("0", Min = 0, Max = 36500)] public int LogKeepDays { get; init; }

    /// <summary>Generated dnsmasq files.</summary>
    [Option("/var/lib/novanet", Rule = OptionRule.Path)] public string StatePath { get; init; } = "";

    /// <summary>Plan and record, but touch nothing.</summary>
    [Option("false")] public bool FakeNetwork { get; init; }

    /// <summary>Allow a NIC that carries addresses to be enslaved, moving them.</summary>
    [Option("false")] public bool TakeInterfaceAddresses { get; init; }

    /// <summary>Where health and metrics are served; port 0: any free port.</summary>
    [Option("$default_http_listen")] public IPEndPoint HttpListen { get; init; } = new(IPAddress.Loopback, 0);
}
