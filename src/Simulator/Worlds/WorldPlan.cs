namespace NovaNetBus.Simulator.Worlds;

/// <summary>The names and addresses of the demo's world. Addresses are of a documentation range (RFC 5737).</summary>
internal static class WorldPlan
{
    public const string Prefix = "nn-";
    public const string Outside = "nn-outside";

    /// <summary>Holds nothing but the switch that joins the public side.</summary>
    public const string Segment = "nn-segment";

    public const string OutsideAddress = "198.51.100.200";
    public const string Loopback = "127.0.0.1";

    public static IReadOnlyList<string> Hosts { get; } = ["host-a", "host-b"];

    public static string NamespaceOfHost(string host) => Prefix + host;

    public static string NamespaceOfVm(string vm) => $"{Prefix}vm-{vm}";

    /// <summary>What the host has on eth0; also what the outside sees of its VMs.</summary>
    public static string PublicAddressOf(string host) => "198.51.100." + (11 + IndexOf(host));

    public static IEnumerable<string> Namespaces => Hosts.Select(NamespaceOfHost).Append(Outside).Append(Segment);

    private static int IndexOf(string host)
    {
        var index = Hosts.ToList().IndexOf(host);
        return index >= 0 ? index : throw new SimulatorException($"There is no host {host} in this world; there are {string.Join(", ", Hosts)}.");
    }

    /// <summary>The calls of <c>ip</c> that lay the links, in order; the namespaces exist.</summary>
    public static IEnumerable<string[]> Links()
    {
        // forward_delay 0 and no STP: ports forward at once.
        yield return ["-n", Segment, "link", "add", "public", "type", "bridge", "forward_delay", "0", "stp_state", "0", "mcast_snooping", "0"];
        yield return ["-n", Segment, "link", "set", "public", "up"];
        foreach (var (name, address) in Hosts.Select(h => (NamespaceOfHost(h), PublicAddressOf(h))).Append((Outside, OutsideAddress)))
        {
            var port = name[Prefix.Length..];
            yield return ["-n", name, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", Segment];
            yield return ["-n", Segment, "link", "set", port, "master", "public", "up"];
            yield return ["-n", name, "addr", "add", address + "/24", "dev", "eth0"];
            yield return ["-n", name, "link", "set", "eth0", "up"];
        }

        var (first, second) = (NamespaceOfHost(Hosts[0]), NamespaceOfHost(Hosts[1]));
        yield return ["-n", first, "link", "add", "eth1", "type", "veth", "peer", "name", "eth1", "netns", second];
        foreach (var host in new[] { first, second })
        {
            yield return ["-n", host, "link", "set", "eth1", "up"];
            yield return ["-n", host, "route", "add", "default", "via", OutsideAddress];
        }
    }

    /// <summary>br_netfilter, where it is loaded, would send the segment's frames through iptables.</summary>
    public static IEnumerable<string> SegmentSettings { get; } =
        [.. new[] { "iptables", "ip6tables", "arptables" }.Select(kind => $"net.bridge.bridge-nf-call-{kind}=0")];
}
