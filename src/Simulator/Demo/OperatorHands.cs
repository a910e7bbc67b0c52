using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>What an operator does on a host himself, by <c>ip</c>.</summary>
internal static class OperatorHands
{
    /// <param name="host">Where.</param>
    /// <param name="nic">Its NIC towards other hosts; null: none.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task MakeBridgeAsync(string host, string? nic, CancellationToken ct)
    {
        var name = WorldPlan.NamespaceOfHost(host);
        // An address of its own, so that ports that come and go do not change it; no forward delay, so that they forward at once.
        var mac = "02:00:00:00:64:" + WorldPlan.PublicAddressOf(host).Split('.')[^1];
        await Tool.RunAsync(ct, "ip", "-n", name, "link", "add", "br100", "address", mac, "type", "bridge", "forward_delay", "0", "stp_state", "0", "mcast_snooping", "0");
        await NetworkNamespace.SetSysctlsAsync(name, WorldPlan.SegmentSettings, ct);
        if (nic is not null)
        {
            await Tool.RunAsync(ct, "ip", "-n", name, "link", "set", nic, "master", "br100");
        }

        await Tool.RunAsync(ct, "ip", "-n", name, "link", "set", "br100", "up");
    }

    /// <summary>A host becomes the router of the bridge's network: its address, forwarding, and a source for what leaves by eth0.</summary>
    public static async Task MakeRouterAsync(string host, string address, string range, CancellationToken ct)
    {
        var name = WorldPlan.NamespaceOfHost(host);
        await Tool.RunAsync(ct, "ip", "-n", name, "addr", "add", address, "dev", "br100");
        await NetworkNamespace.SetSysctlsAsync(name, ["net.ipv4.ip_forward=1"], ct);
        await Tool.RunInAsync(
            ct, name, "nft", "add table ip operator; add chain ip operator out { type nat hook postrouting priority srcnat; }; "
            + $"add rule ip operator out ip saddr {range} oifname eth0 masquerade");
    }

    /// <summary>A NIC that leads nowhere.</summary>
    public static async Task MakeNicAsync(string host, string nic, CancellationToken ct)
    {
        await Tool.RunAsync(ct, "ip", "-n", WorldPlan.NamespaceOfHost(host), "link", "add", nic, "type", "dummy");
        await Tool.RunAsync(ct, "ip", "-n", WorldPlan.NamespaceOfHost(host), "link", "set", nic, "up");
    }
}
