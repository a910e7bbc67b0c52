using System.Globalization;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.HostPlan;

/// <summary>
/// One thing that must be on a host. A host's state is a set of these, each with a key of its own, whether it was planned or read
/// from the kernel; so one diff serves full reconcile and incremental change alike.
/// </summary>
public abstract record HostResource
{
    /// <summary>Unique on a host; two resources of one key are two states of the same thing.</summary>
    public abstract string Key { get; }

    /// <summary>A noun phrase for an operator.</summary>
    public abstract string Noun { get; }
}

/// <summary>A kernel setting of the host's network namespace, e.g. <c>net.ipv4.ip_forward</c>. Set, never taken back: others may rely on it by then.</summary>
public sealed record Sysctl(string Name, string Value) : HostResource
{
    /// <summary>The host routes IPv6.</summary>
    public const string Ipv6Forwarding = "net.ipv6.conf.all.forwarding";

    private const string Ipv6OfInterface = "net.ipv6.conf.", Advertisements = ".accept_ra";

    /// <summary>True for what <see cref="KeepsItsRouter"/> gives.</summary>
    public bool IsOfAdvertisements => Name.StartsWith(Ipv6OfInterface, StringComparison.Ordinal) && Name.EndsWith(Advertisements, StringComparison.Ordinal);

    /// <summary>
    /// An interface by which the host learns its own IPv6 router goes on to do so although the host routes; where it learns none, that stays so too.
    /// A dot in the name of an interface is written as a slash, as sysctl(8) has it.
    /// </summary>
    public static Sysctl KeepsItsRouter(string nic) => new(Ipv6OfInterface + nic.Replace('.', '/') + Advertisements, "2");

    /// <inheritdoc/>
    public override string Key => "sysctl " + Name;

    /// <inheritdoc/>
    public override string Noun => $"kernel setting {Name} = {Value}";
}

/// <summary>Our constant firewall rules: chains, empty sets and maps. Only <see cref="FirewallElement"/>s change while a worker runs.</summary>
/// <param name="Version">Of the rules; rules of another version are replaced as a whole, so a reader that meets one tells none of its elements.</param>
public sealed record FirewallRules(int Version) : HostResource
{
    /// <inheritdoc/>
    public override string Key => "firewall rules";

    /// <inheritdoc/>
    public override string Noun => $"firewall rules (version {Version})";
}

/// <summary>An element of a set or map of the firewall rules.</summary>
/// <param name="Set">Which.</param>
/// <param name="Parts">The element's key, one part for each field of the set's type.</param>
/// <param name="Value">Of a map's element.</param>
public sealed record FirewallElement(FirewallSet Set, ValueList<string> Parts, string? Value = null) : HostResource
{
    /// <inheritdoc/>
    public override string Key => $"element {Set} {string.Join(' ', Parts)}";

    /// <inheritdoc/>
    public override string Noun => $"firewall element {Set} {{ {string.Join(" . ", Parts)}{(Value is null ? "" : " : " + Value)} }}";
}

/// <summary>A bridge of ours, without spanning tree or forward delay, and without IPv6 unless there is a <see cref="BridgeIpv6"/>.</summary>
/// <param name="Name">At most 15 characters.</param>
/// <param name="Mac">Fixed, see <see cref="MacAddress.ForBridge"/>.</param>
/// <param name="Mtu">Bytes.</param>
public sealed record Bridge(string Name, MacAddress Mac, int Mtu) : HostResource
{
    /// <inheritdoc/>
    public override string Key => "bridge " + Name;

    /// <inheritdoc/>
    public override string Noun => $"bridge {Name} ({Mac}, MTU {Mtu})";
}

/// <summary>An address of the host on one of our bridges.</summary>
public sealed record BridgeAddress(string Bridge, Ipv4 Address, int PrefixLength) : HostResource
{
    /// <inheritdoc/>
    public override string Key => $"address {Bridge} {Address}";

    /// <inheritdoc/>
    public override string Noun => $"address {Address}/{PrefixLength} on {Bridge}";
}

/// <summary>A VLAN of a NIC of the host, as a NIC of its own.</summary>
/// <param name="Name">At most 15 characters; see <see cref="NameOf"/>.</param>
/// <param name="Parent">The NIC that carries the tagged frames.</param>
/// <param name="Vlan">802.1Q id, 1 to 4094.</param>
/// <param name="Mac">Fixed, see <see cref="MacAddress.ForBridge"/>.</param>
/// <param name="Mtu">Bytes, without the tag; at most the parent's.</param>
/// <param name="BesideAddresses">The parent may carry addresses of the host, untagged: they stay where they are. False: it is refused then.</param>
public sealed record VlanDevice(string Name, string Parent, int Vlan, MacAddress Mac, int Mtu, bool BesideAddresses = false) : HostResource
{
    /// <inheritdoc/>
    public override string Key => "vlan " + Name;

    /// <inheritdoc/>
    public override string Noun => $"interface {Name} for VLAN {Vlan} of {Parent} (MTU {Mtu})";

    /// <summary>The name of a VLAN's device, as nova named it.</summary>
    public static string NameOf(int vlan) => string.Create(CultureInfo.InvariantCulture, $"vlan{vlan}");
}

/// <summary>A floating IP on a NIC of the host, as a /32. It comes after the elements that translate it and goes before them: without them the host itself would answer.</summary>
public sealed record FloatingAddress(string Interface, Ipv4 Address) : HostResource
{
    /// <inheritdoc/>
    public override string Key => $"floating {Interface} {Address}";

    /// <inheritdoc/>
    public override string Noun => $"floating IP {Address} on {Interface}";
}

/// <summary>A NIC of the host that is a port of one of our bridges (flat_interface).</summary>
/// <param name="Interface">The NIC.</param>
/// <param name="Bridge">The bridge.</param>
/// <param name="TakesAddresses">Addresses and routes of the NIC become the bridge's, and come back when it leaves. False: a NIC that carries any is refused.</param>
public sealed record Uplink(string Interface, string Bridge, bool TakesAddresses = false) : HostResource
{
    /// <inheritdoc/>
    public override string Key => "uplink " + Interface;

    /// <inheritdoc/>
    public override string Noun => $"interface {Interface} as a port of {Bridge}{(TakesAddresses ? ", with all addresses that it carries" : "")}";
}

/// <summary>The dnsmasq of one network.</summary>
/// <param name="NetworkId">Of the network that it serves.</param>
/// <param name="Bridge">Where it listens.</param>
/// <param name="Server">Its address.</param>
/// <param name="Range">The network's addresses; only hosts that are named get one.</param>
/// <param name="LeaseSeconds">How long a lease lasts.</param>
/// <param name="DomainName">Given to clients; empty: none.</param>
/// <param name="Router">Given to clients; null: none.</param>
/// <param name="DnsServers">Given to clients; empty: none.</param>
/// <param name="Mtu">Bytes, given to clients.</param>
public sealed record DhcpServer(
    Guid NetworkId, string Bridge, Ipv4 Server, Cidr Range, int LeaseSeconds, string DomainName, Ipv4? Router, ValueList<Ipv4> DnsServers, int Mtu) : HostResource
{
    /// <summary>It answers DHCP; false: it only advertises.</summary>
    public bool AnswersDhcp { get; init; } = true;

    /// <summary>The IPv6 range in which its clients give themselves addresses, with this host as their router; null: none.</summary>
    public Ipv6Cidr? Advertised { get; init; }

    /// <inheritdoc/>
    public override string Key => $"dhcp {NetworkId}";

    /// <inheritdoc/>
    public override string Noun => string.Join(
        " and ", [.. AnswersDhcp ? [$"DHCP server {Server} for {Range}"] : (string[])[], .. Advertised is { } range ? [$"router advertisements of {range}"] : (string[])[]]) + $" on {Bridge}";
}

/// <summary>What DHCP answers to one NIC. Taking it away also releases the lease.</summary>
/// <param name="NetworkId">Whose <see cref="DhcpServer"/> answers.</param>
/// <param name="Bridge">Where that server listens.</param>
/// <param name="Server">Its address.</param>
/// <param name="Address">The fixed IP.</param>
/// <param name="Mac">Of the NIC.</param>
/// <param name="Hostname">As the instance's owner wrote it; the kernel side keeps only what a DNS label may hold.</param>
/// <param name="IsRouted">It is told the server's router; false: none (use_single_default_gateway).</param>
public sealed record DhcpHost(Guid NetworkId, string Bridge, Ipv4 Server, Ipv4 Address, MacAddress Mac, string Hostname, bool IsRouted = true) : HostResource
{
    /// <inheritdoc/>
    public override string Key => $"dhcp-host {NetworkId} {Address}";

    /// <inheritdoc/>
    public override string Noun => $"DHCP answer {Address} for {Mac}";
}
