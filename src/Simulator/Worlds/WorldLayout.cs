namespace NovaNetBus.Simulator.Worlds;

/// <summary>Which hosts a world has, and what lies between their VMs.</summary>
/// <param name="Hosts">Names of <see cref="WorldPlan"/>.</param>
/// <param name="Joined">Each has an eth1 on one segment, which passes tagged frames as well; false: they have eth0 alone.</param>
internal sealed record WorldLayout(IReadOnlyList<string> Hosts, bool Joined)
{
    /// <summary>Two hosts with VMs.</summary>
    public static WorldLayout Pair { get; } = new(["host-a", "host-b"], Joined: true);

    /// <summary>Two hosts with VMs, and two that are there to serve networks.</summary>
    public static WorldLayout PairAndNetworkHosts { get; } = new(["host-a", "host-b", "net-1", "net-2"], Joined: true);

    /// <summary>Two machines that share nothing but the outside.</summary>
    public static WorldLayout Apart { get; } = new(["host-a", "host-b"], Joined: false);

    public IEnumerable<string> Namespaces => Hosts.Select(WorldPlan.NamespaceOfHost).Append(WorldPlan.Outside).Append(WorldPlan.Segment);

    /// <summary>The calls of <c>ip</c> that lay the links, in order; the namespaces exist.</summary>
    public IEnumerable<string[]> Links() =>
    [
        .. Switch("public"),
        .. Hosts.SelectMany(host => Port(WorldPlan.NamespaceOfHost(host), "eth0", "public", WorldPlan.PublicPortOf(host))),
        .. Port(WorldPlan.Outside, "eth0", "public", "outside"),
        .. Joined ? Between() : [],
        .. Hosts.SelectMany(host => Addressed(WorldPlan.NamespaceOfHost(host), WorldPlan.PublicAddressOf(host))),
        .. Addressed(WorldPlan.Outside, WorldPlan.OutsideAddress),
        .. Hosts.Select(host => (string[])["-n", WorldPlan.NamespaceOfHost(host), "route", "add", "default", "via", WorldPlan.OutsideAddress]),
    ];

    /// <summary>forward_delay 0 and no STP: ports forward at once.</summary>
    private static IEnumerable<string[]> Switch(string name) =>
    [
        ["-n", WorldPlan.Segment, "link", "add", name, "type", "bridge", "forward_delay", "0", "stp_state", "0", "mcast_snooping", "0"],
        ["-n", WorldPlan.Segment, "link", "set", name, "up"],
    ];

    private static IEnumerable<string[]> Port(string @namespace, string nic, string bridge, string port) =>
    [
        ["-n", @namespace, "link", "add", nic, "type", "veth", "peer", "name", port, "netns", WorldPlan.Segment],
        ["-n", WorldPlan.Segment, "link", "set", port, "master", bridge, "up"],
        ["-n", @namespace, "link", "set", nic, "up"],
    ];

    private static IEnumerable<string[]> Addressed(string @namespace, string address) => [["-n", @namespace, "addr", "add", address + "/24", "dev", "eth0"]];

    private IEnumerable<string[]> Between() =>
        [.. Switch("internal"), .. Hosts.SelectMany(host => Port(WorldPlan.NamespaceOfHost(host), "eth1", "internal", WorldPlan.InternalPortOf(host)))];
}
