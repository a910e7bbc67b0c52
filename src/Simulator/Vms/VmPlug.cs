using NovaNetBus.Contracts;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Vms;

/// <summary>Plugs NICs as host-network-configured says: a veth whose end on the host has the port's name and sits in the bridge.</summary>
internal static class VmPlug
{
    public static string NicName(int index) => "eth" + index;

    public static async Task PlugAsync(string host, string vmNamespace, int index, Vif vif, CancellationToken ct)
    {
        var hostNamespace = WorldPlan.NamespaceOfHost(host);
        var mtu = vif.Mtu.ToString();
        await Tool.RunAsync(
            ct, "ip", "-n", hostNamespace, "link", "add", vif.PortName, "mtu", mtu, "type", "veth",
            "peer", "name", NicName(index), "address", vif.MacAddress, "mtu", mtu, "netns", vmNamespace);
        await Tool.RunAsync(ct, "ip", "-n", hostNamespace, "link", "set", vif.PortName, "master", vif.Bridge, "up");
        await Tool.RunAsync(ct, "ip", "-n", vmNamespace, "link", "set", NicName(index), "up");
    }

    /// <summary>Nothing happens when the port is gone, or its host.</summary>
    public static async Task UnplugAsync(string host, string port, CancellationToken ct)
    {
        if (NetworkNamespace.Exists(WorldPlan.NamespaceOfHost(host)))
        {
            await Tool.TryAsync(ct, "ip", "-n", WorldPlan.NamespaceOfHost(host), "link", "del", port);
        }
    }
}
