using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting.HostText;

namespace NovaNetBus.NetworkWorker.Kernel.Dhcp;

/// <summary>
/// DHCP on this host as the plan sees it: a server for each network, and the hosts that it answers. dnsmasq reads a new host file at once, and
/// forgets a deleted one only when it reads all again; until then it refuses the address to anybody else. So a removal is always followed by that.
/// </summary>
/// <param name="statePath">Where dnsmasq's files are.</param>
/// <param name="endsLeases">Whether who is not answered any more loses his lease at once.</param>
internal sealed class HostDhcp(string statePath, bool endsLeases)
{
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Servers and hosts. A server that is wanted but does not run as it must, on this bridge (by name to index), is left out.
    /// </summary>
    public IReadOnlyList<HostResource> Read(HostState wanted, IReadOnlyDictionary<string, int> bridges)
    {
        var found = new List<HostResource>();
        foreach (var files in DhcpFiles.All(statePath))
        {
            if (files.ReadServer() is not var (server, bridgeIndex))
            {
                continue;
            }

            var runs = bridges.TryGetValue(server.Bridge, out var index) && index == bridgeIndex && new Dnsmasq(files).Runs(server);
            if (runs || wanted.Find(server.Key) is null)
            {
                found.Add(server);
            }

            found.AddRange(files.ReadHosts().Select(host => ReadHost(server, host.Key, host.Value, wanted)).OfType<DhcpHost>());
        }

        return found;
    }

    /// <summary>Starts the server, or has it read its options again when only those differ.</summary>
    public void AddServer(DhcpServer server, int bridgeIndex)
    {
        var files = Files(server.NetworkId);
        var dnsmasq = new Dnsmasq(files);
        var stays = files.ReadServer() is var (previous, index) && index == bridgeIndex && previous.Bridge == server.Bridge && dnsmasq.Runs(server);
        files.WriteServer(server, bridgeIndex);
        if (stays)
        {
            dnsmasq.Reload();
        }
        else
        {
            dnsmasq.Start(server);
        }
    }

    public void RemoveServer(DhcpServer server)
    {
        var files = Files(server.NetworkId);
        new Dnsmasq(files).Stop();
        files.Delete();
    }

    public void AddHosts(IEnumerable<DhcpHost> hosts)
    {
        foreach (var network in hosts.GroupBy(host => host.NetworkId))
        {
            var files = Files(network.Key);
            Forget(files, [.. network
                .Select(host => (Host: host, Present: files.ReadHost(host.Address)))
                .Where(pair => pair.Present is not null && pair.Present != DnsmasqText.HostLine(pair.Host))
                .Select(pair => (pair.Host.Bridge, pair.Host.Address, MacOf(pair.Present!)))], endsLeases: true);
            foreach (var host in network)
            {
                files.WriteHost(host.Address, DnsmasqText.HostLine(host));
            }
        }
    }

    public void RemoveHosts(IEnumerable<DhcpHost> hosts)
    {
        foreach (var network in hosts.GroupBy(host => host.NetworkId))
        {
            Forget(Files(network.Key), [.. network.Select(host => (host.Bridge, host.Address, host.Mac.ToString()))], endsLeases);
        }
    }

    /// <summary>
    /// Ends the leases, deletes the files, has dnsmasq read again: then the addresses are free for others. A lease that is left to run is not renewed any more,
    /// since dnsmasq does not know its client.
    /// </summary>
    private static void Forget(DhcpFiles files, IReadOnlyList<(string Bridge, Ipv4 Address, string Mac)> hosts, bool endsLeases)
    {
        if (hosts.Count == 0)
        {
            return;
        }

        var leases = endsLeases ? files.ReadLeases().Select(lease => (lease.Address, lease.Mac)).ToHashSet() : [];
        foreach (var (bridge, address, mac) in hosts.Where(host => leases.Contains((host.Address, host.Mac))))
        {
            Commands.Run("dhcp_release", [InterfaceName.Checked(bridge), address.ToString(), mac], ReleaseLimit); // its exit status tells nothing
        }

        foreach (var (_, address, _) in hosts.Where(_ => Directory.Exists(files.Hosts)))
        {
            files.DeleteHost(address);
        }

        new Dnsmasq(files).Reload();
    }

    /// <summary>As it is wanted, when the file says just that: the name in it is only what is left of the owner's.</summary>
    private static DhcpHost? ReadHost(DhcpServer server, Ipv4 address, string line, HostState wanted)
    {
        var read = MacAddress.TryParse(MacOf(line), out var mac)
            ? new DhcpHost(server.NetworkId, server.Bridge, server.Server, address, mac, line.Split(',') is [_, var name, _] ? name : "")
            : new DhcpHost(server.NetworkId, server.Bridge, server.Server, address, default, "");
        return wanted.Find(read.Key) is DhcpHost host && DnsmasqText.HostLine(host) == line && host.Bridge == read.Bridge ? host : read;
    }

    private static string MacOf(string line) => line.Split(',')[0];

    private DhcpFiles Files(Guid networkId) => new(statePath, networkId);
}
