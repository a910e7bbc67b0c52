using System.Globalization;
using System.Text.Json.Nodes;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;

namespace NovaNetBus.Hosting.HostText;

/// <summary>What a field of a set holds, and so how it is checked and written.</summary>
public enum SetField
{
    Interface,
    Mac,
    Address,
    Range,
    Port,
    Address6,
    Range6,

    /// <summary>An IPv6 address that nft holds as a number, in a set whose key is read from the raw packet.</summary>
    RawAddress6,
}

/// <summary>A set or map of the rules, in nft's terms.</summary>
/// <param name="Set">In the plan's terms.</param>
/// <param name="Name">In the rules.</param>
/// <param name="Families">Of the tables that have it; an element is in all of them.</param>
/// <param name="Key">The fields of an element's key.</param>
/// <param name="Value">The fields of a map's value; none: it is a set.</param>
public sealed record SetDefinition(FirewallSet Set, string Name, string[] Families, SetField[] Key, params SetField[] Value)
{
    private const string Join = " . ";

    public static IReadOnlyDictionary<FirewallSet, SetDefinition> All { get; } = new SetDefinition[]
    {
        new(FirewallSet.FixedRanges, "fixed_ranges", ["inet"], [SetField.Range]),
        new(FirewallSet.NoSnat, "no_snat", ["inet"], [SetField.Range]),
        new(FirewallSet.NetworkSnat, "network_snat", ["inet"], [SetField.Range], SetField.Address),
        new(FirewallSet.ExternalRanges, "external_ranges", ["inet"], [SetField.Range]),
        new(FirewallSet.ForcedDestinations, "forced_destinations", ["inet"], [SetField.Range]),
        new(FirewallSet.PublicInterfaces, "public_interfaces", ["inet"], [SetField.Interface]),
        new(FirewallSet.Bridges, "bridges", ["inet", "arp"], [SetField.Interface]),
        new(FirewallSet.BridgePairs, "bridge_pairs", ["inet"], [SetField.Interface, SetField.Interface]),
        new(FirewallSet.LimitedBridges, "limited_bridges", ["inet"], [SetField.Interface]),
        new(FirewallSet.ForwardInterfaces, "forward_interfaces", ["inet"], [SetField.Interface]),
        new(FirewallSet.FloatingDnat, "floating_dnat", ["inet"], [SetField.Address], SetField.Address),
        new(FirewallSet.FloatingSnat, "floating_snat", ["inet"], [SetField.Address], SetField.Address),
        new(FirewallSet.Metadata, "metadata", ["inet"], [SetField.Interface], SetField.Address, SetField.Port),
        new(FirewallSet.VpnDnat, "vpn_dnat", ["inet"], [SetField.Address, SetField.Port], SetField.Address, SetField.Port),
        new(FirewallSet.VpnPorts, "vpn_ports", ["bridge"], [SetField.Interface]),
        new(FirewallSet.VpnRanges, "vpn_ranges", ["bridge"], [SetField.Interface, SetField.Range]),
        new(FirewallSet.VmPorts, "vm_ports", ["bridge"], [SetField.Interface]),
        new(FirewallSet.PortMac, "port_mac", ["bridge"], [SetField.Interface, SetField.Mac]),
        new(FirewallSet.PortIp, "port_ip", ["bridge"], [SetField.Interface, SetField.Mac, SetField.Address]),
        new(FirewallSet.Uplinks, "uplinks", ["bridge"], [SetField.Interface]),
        new(FirewallSet.Gateways, "gateways", ["bridge"], [SetField.Interface, SetField.Address]),
        new(FirewallSet.BridgedRanges, "bridged_ranges", ["bridge"], [SetField.Range]),
        new(FirewallSet.RoutedAddresses, "routed_addresses", ["bridge"], [SetField.Address], SetField.Mac),
        new(FirewallSet.RoutedRanges, "routed_ranges", ["bridge"], [SetField.Range], SetField.Mac),
        new(FirewallSet.RoutedDestinations, "routed_destinations", ["bridge"], [SetField.Range]),
        new(FirewallSet.LeasedAddresses, "leased_addresses", ["inet", "arp"], [SetField.Address]),
        new(FirewallSet.LeasedRanges, "leased_ranges", ["inet"], [SetField.Range]),
        new(FirewallSet.LeasedBridges, "leased_bridges", ["inet", "arp"], [SetField.Interface]),
        new(FirewallSet.SilentAddresses, "silent_addresses", ["inet", "arp"], [SetField.Address]),
        new(FirewallSet.DhcpPorts, "dhcp_ports", ["bridge"], [SetField.Interface]),
        new(FirewallSet.DhcpUplinks, "dhcp_uplinks", ["bridge"], [SetField.Interface]),
        new(FirewallSet.Ip6Ports, "ip6_ports", ["bridge"], [SetField.Interface]),
        new(FirewallSet.PortIp6, "port_ip6", ["bridge"], [SetField.Interface, SetField.Mac, SetField.RawAddress6]),
        new(FirewallSet.Gateways6, "gateways6", ["bridge"], [SetField.Interface, SetField.RawAddress6]),
        new(FirewallSet.AdvertUplinks, "advert_uplinks", ["bridge"], [SetField.Interface]),
        new(FirewallSet.LeasedAddresses6, "leased_addresses6", ["inet"], [SetField.Address6]),
        new(FirewallSet.LeasedRanges6, "leased_ranges6", ["inet"], [SetField.Range6]),
        new(FirewallSet.SilentAddresses6, "silent_addresses6", ["inet"], [SetField.Address6]),
        new(FirewallSet.ClosedRanges, "closed_ranges", ["bridge"], [SetField.Range]),
        new(FirewallSet.OpenAddresses, "open_addresses", ["bridge"], [SetField.Address]),
        new(FirewallSet.ClosedPairs, "closed_pairs", ["inet"], [SetField.Range, SetField.Range]),
        new(FirewallSet.ClosedRanges6, "closed_ranges6", ["bridge"], [SetField.Range6]),
        new(FirewallSet.OpenAddresses6, "open_addresses6", ["bridge"], [SetField.Address6]),
        new(FirewallSet.ClosedPairs6, "closed_pairs6", ["inet"], [SetField.Range6, SetField.Range6]),
    }.ToDictionary(definition => definition.Set);

    public static SetDefinition? Find(string family, string name) =>
        All.Values.FirstOrDefault(definition => definition.Name == name && definition.Families.Contains(family));

    /// <summary>The key as nft reads it. Each part is read as what it must be and written anew: nothing else reaches a rule.</summary>
    public string WriteKey(FirewallElement element) => element.Parts.Count == Key.Length
        ? string.Join(Join, Key.Zip(element.Parts, WriteField))
        : throw new FormatException($"{element.Noun} has not {Key.Length} parts");

    /// <summary>The key, and the value of a map, as nft reads them.</summary>
    public string WriteElement(FirewallElement element) => (element.Value?.Split(Join) ?? []) switch
    {
        [] when Value is [] => WriteKey(element),
        var parts when parts.Length == Value.Length => $"{WriteKey(element)} : {string.Join(Join, Value.Zip(parts, WriteField))}",
        _ => throw new FormatException($"{element.Noun} has a value where none is, or none where one is needed"),
    };

    /// <summary>An element of a JSON listing.</summary>
    public FirewallElement ReadElement(JsonNode element)
    {
        var (key, value) = Value is [] ? (element, null) : (element[0]!, element[1]);
        return new FirewallElement(Set, Key.Zip(Fields(key), ReadField).ToValueList(), value is null ? null : string.Join(Join, Value.Zip(Fields(value), ReadField)));
    }

    private static IEnumerable<JsonNode> Fields(JsonNode node) =>
        node is JsonObject container && container["concat"] is JsonArray fields ? fields.Select(field => field!) : [node];

    private static string WriteField(SetField field, string text) => field switch
    {
        SetField.Interface => $"\"{InterfaceName.Checked(text)}\"",
        SetField.Mac => MacAddress.Parse(text).ToString(),
        SetField.Address => Ipv4.Parse(text).ToString(),
        SetField.Port => ushort.Parse(text, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        SetField.Address6 => Ipv6.Parse(text).ToString(),
        SetField.RawAddress6 => string.Create(CultureInfo.InvariantCulture, $"0x{Ipv6.Parse(text).Value:x32}"),
        SetField.Range6 => Ipv6Cidr.Parse(text).ToString(),
        _ => Cidr.Parse(text).ToString(),
    };

    private static string ReadField(SetField field, JsonNode node) => node switch
    {
        JsonObject container when container["prefix"] is { } prefix => $"{prefix["addr"]}/{prefix["len"]}",
        JsonObject container when container["range"] is JsonArray ends => $"{ends[0]}-{ends[1]}",
        _ when field == SetField.Range => $"{node}/32",
        _ when field == SetField.Range6 => $"{node}/128",
        _ when field == SetField.RawAddress6 => new Ipv6(Number(node.ToString())).ToString(),
        _ => node.ToString(),
    };

    /// <summary>As nft prints it: hexadecimal, unless it is short.</summary>
    private static UInt128 Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? UInt128.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        : UInt128.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
