using System.Text.Json.Nodes;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.NetworkWorker.Metadata;

/// <summary>network_data.json: links, networks and services (nova/virt/netutils.py of 14.0.0: get_network_metadata).</summary>
internal static class NetworkData
{
    /// <summary>Of a NIC with several addresses the first is told, as nova did.</summary>
    public static JsonObject Of(IReadOnlyList<Vif> vifs)
    {
        var nics = vifs.DistinctBy(vif => vif.VifId).ToList();
        var dns = nics.SelectMany(vif => vif.DnsServers).Distinct();
        return new JsonObject
        {
            ["links"] = new JsonArray([.. nics.Select(Link)]),
            ["networks"] = new JsonArray([.. nics.Select((vif, index) => Network(vif, $"network{index}"))]),
            ["services"] = new JsonArray([.. dns.Select(address => new JsonObject { ["type"] = "dns", ["address"] = address })]),
        };
    }

    private static JsonObject Link(Vif vif) => new()
    {
        ["id"] = vif.PortName,
        ["vif_id"] = vif.VifId.ToString(),
        ["type"] = "bridge",
        ["mtu"] = vif.Mtu,
        ["ethernet_mac_address"] = vif.MacAddress,
    };

    private static JsonObject Network(Vif vif, string id) => vif.DhcpServer is not null
        ? new JsonObject { ["id"] = id, ["type"] = "ipv4_dhcp", ["link"] = vif.PortName, ["network_id"] = vif.NetworkId.ToString() }
        : new JsonObject
        {
            ["id"] = id,
            ["type"] = "ipv4",
            ["link"] = vif.PortName,
            ["ip_address"] = vif.Address,
            ["netmask"] = new Cidr(Ipv4.Parse(vif.Address), vif.PrefixLength).Netmask.ToString(),
            ["routes"] = vif.Gateway is { } gateway
                ? new JsonArray(new JsonObject { ["network"] = "0.0.0.0", ["netmask"] = "0.0.0.0", ["gateway"] = gateway })
                : [],
            ["network_id"] = vif.NetworkId.ToString(),
        };
}
