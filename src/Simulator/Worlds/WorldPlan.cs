namespace NovaNetBus.Simulator.Worlds;

/// <summary>The names and addresses of the demo's worlds. Addresses are of a documentation range (RFC 5737).</summary>
internal static class WorldPlan
{
    public const string Prefix = "nn-";
    public const string Outside = "nn-outside";

    /// <summary>Holds nothing but the switches that join the hosts: one for the public side, one for what is between VMs.</summary>
    public const string Segment = "nn-segment";

    public const string OutsideAddress = "198.51.100.200";

    private const int FirstHostNumber = 11;

    /// <summary>Every host that a world may have.</summary>
    private static readonly IReadOnlyList<string> Names = ["host-a", "host-b", "net-1", "net-2"];

    public static string NamespaceOfHost(string host) => Prefix + host;

    public static string NamespaceOfVm(string vm) => $"{Prefix}vm-{vm}";

    /// <summary>The end of a host's eth0 in <see cref="Segment"/>.</summary>
    public static string PublicPortOf(string host) => host;

    /// <summary>The end of a host's eth1 in <see cref="Segment"/>.</summary>
    public static string InternalPortOf(string host) => "in-" + host;

    /// <summary>What the host has on eth0; also what the outside sees of its VMs.</summary>
    public static string PublicAddressOf(string host)
    {
        var index = Names.ToList().IndexOf(host);
        return index >= 0 ? "198.51.100." + (FirstHostNumber + index) : throw new SimulatorException($"There is no host {host} in any world; there are {string.Join(", ", Names)}.");
    }

    /// <summary>br_netfilter, where it is loaded, would send the segment's frames through iptables.</summary>
    public static IEnumerable<string> SegmentSettings { get; } =
        [.. new[] { "iptables", "ip6tables", "arptables" }.Select(kind => $"net.bridge.bridge-nf-call-{kind}=0")];
}
