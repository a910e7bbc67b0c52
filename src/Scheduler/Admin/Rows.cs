using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>From the ledger's records to the rows that the operator's tool shows. Pure.</summary>
internal static class Rows
{
    public static NetworkRow Of(NetworkSummary summary)
    {
        var (network, use) = summary;
        return new NetworkRow(
            network.Id, network.Label, network.Cidr.ToString(), network.Gateway?.ToString(), network.DhcpServer.ToString(), network.DhcpStart.ToString(), network.Vlan,
            network.Bridge, network.BridgeInterface, network.ProjectId, network.MultiHost, network.Host, network.Mtu, [.. network.Dns.Select(dns => dns.ToString())],
            network.VpnPrivateAddress?.ToString(), network.VpnPublicPort, network.CidrV6?.ToString(),
            new AddressCounts(use.Total, use.Reserved, use.Allocated, use.Free));
    }

    /// <summary>Of a project's VLAN. No VPN instance is known: this version gives none its address.</summary>
    public static VpnRow VpnOf(Network network) => new(
        network.ProjectId!, network.Id, network.Label, network.VpnPublicAddress?.ToString(), network.VpnPublicPort, network.VpnPrivateAddress?.ToString(), null, network.Host);

    public static FixedIpRow Of(FixedIpEntry entry)
    {
        var used = entry.FixedIp;
        return new FixedIpRow(
            used.Address.ToString(), entry.NetworkId, entry.State, used.InstanceId, used.ProjectId, used.Host, used.Mac?.ToString(), used.Hostname, used.ChangedAt);
    }

    public static FloatingIpRow Of(FloatingEntry entry)
    {
        var floating = entry.Floating;
        return new FloatingIpRow(
            floating.Address.ToString(), entry.Pool, floating.Interface, floating.ProjectId, floating.FixedIp?.ToString(), floating.InstanceId, entry.Host, floating.AutoAssigned);
    }

    /// <param name="alive">Its worker has been heard of lately.</param>
    public static HostRow Of(HostEntry host, bool alive, HostStanding? standing) => new(
        host.Host, alive, host.LastSeen, host.HasPublicInterface ? "compute and network" : "compute", host.Ports, host.Networks, host.Version, host.Drift,
        standing is null ? null : $"{host.Host} {standing.Why}");

    public static InstanceRow Of(InstanceEntry entry)
    {
        var state = entry.State;
        return new InstanceRow(
            state.InstanceId, StatusOf(state.Status), state.ProjectId, state.Host, state.Hostname, state.Generation, state.ChangedAt,
            state.Failure?.Code, state.Failure?.Message, ConfiguredOf(entry));
    }

    private static string StatusOf(InstanceStatus status) => status.ToString().ToLowerInvariant();

    /// <summary>What the host's worker has told last; null when it has told nothing, or a network of it is gone by now.</summary>
    internal static HostNetworkConfigured? ConfiguredOf(InstanceEntry entry)
    {
        var state = entry.State;
        if (state.Status != InstanceStatus.Configured || entry.Settings is null || state.Ports.Any(port => entry.Networks.All(served => served.Network.Id != port.NetworkId)))
        {
            return null;
        }

        return Facts.Configured(state, entry.Networks, entry.Settings);
    }
}
