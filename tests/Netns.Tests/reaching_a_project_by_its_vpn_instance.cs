using System.Net;
using System.Net.Sockets;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>A project's VPN instance, 10.4.0.11, behind UDP port 1000 of the host; its project's other VM is 10.4.0.12.</summary>
public sealed class reaching_a_project_by_its_vpn_instance : IDisposable
{
    private static readonly Ipv4 ClientOfTheVpn = Ipv4.Parse("10.99.0.5");

    private readonly PublicSegment segment = new();
    private readonly TestHost host = new();
    private readonly TestVm vpn;
    private readonly TestVm other;

    public reaching_a_project_by_its_vpn_instance()
    {
        segment.Attach(host, "198.51.100.1");
        host.Settings = host.Settings with { VpnIp = Ipv4.Parse("198.51.100.1") };
        vpn = host.PlugKnown(11);
        host.Ports[0] = host.Ports[0] with { IsVpn = true };
        host.Network = host.Network with { VpnPrivateAddress = vpn.Address, VpnPublicPort = 1000 };
        other = host.PlugKnown(12);
        host.Reconcile();
        foreach (var vm in (ReadOnlySpan<TestVm>)[vpn, other])
        {
            vm.PlugIn();
            vm.Namespace.Ip($"addr add {vm.Address}/24 dev eth0");
            vm.Namespace.Ip($"route add default via {TestHost.Gateway}");
        }
    }

    public void Dispose()
    {
        host.Dispose();
        segment.Dispose();
    }

    [Fact]
    public void from_outside_through_it_the_projects_others_are_reached_until_it_goes()
    {
        using var server = vpn.Namespace.Run(() => new UdpClient(new IPEndPoint(IPAddress.Any, 1194)) { Client = { ReceiveTimeout = 20_000 } });
        using var target = Conversation.Server(other.Namespace);
        using var outside = segment.Outside.Run(() => new UdpClient(new IPEndPoint(IPAddress.Any, 0)) { Client = { ReceiveTimeout = 20_000 } });
        outside.Connect("198.51.100.1", 1000);
        outside.Send("to-the-vpn"u8);

        var client = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal("to-the-vpn"u8.ToArray(), server.Receive(ref client));
        Assert.Equal(PublicSegment.Outsider, client.Address.ToString());
        Assert.Equal(vpn.Address.ToString(), Conversation.Ask(vpn.Namespace, other.Address.ToString(), target));
        server.Send("from-the-project"u8, client);
        var from = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal("from-the-project"u8.ToArray(), outside.Receive(ref from));

        host.Ports.RemoveAt(0);
        host.ApplyChange();
        Assert.DoesNotContain("1000", host.Namespace.Execute("nft", "list", "map", "inet", "novanetbus", "vpn_dnat"), StringComparison.Ordinal);
    }

    [Fact]
    public void it_may_send_for_its_clients_and_for_no_other_network_nor_as_a_dhcp_server()
    {
        host.Namespace.Execute("nft", "add element bridge novanetbus bridged_ranges { 10.5.0.0/24 }"); // another network on this host
        var (bridged, stranger) = (MacAddress.Parse("02:00:00:00:00:77"), Ipv4.Parse("10.5.0.9"));
        vpn.Nic.Send(
            Frames.Udp(vpn.Mac, stranger, other.Mac, other.Address, "false:other-network"),
            Frames.ArpRequest(vpn.Mac, vpn.Mac, stranger, other.Address, "false:other-arp"),
            Frames.DhcpOffer(vpn.Mac, vpn.Address, "false:dhcp"),
            Frames.Tagged(Frames.Udp(vpn.Mac, vpn.Address, other.Mac, other.Address, "false:tagged"), 7),
            Frames.Ipv6(vpn.Mac, other.Mac, "false:ipv6"),
            Frames.Udp(vpn.Mac, ClientOfTheVpn, other.Mac, other.Address, "client:routed"),
            Frames.Udp(bridged, Ipv4.Parse("10.4.0.250"), other.Mac, other.Address, "client:bridged"));

        var seen = other.Nic.SeenUntil("client:bridged");
        Assert.Contains(seen, frame => frame.Contains("client:routed", StringComparison.Ordinal));
        Assert.DoesNotContain(seen, frame => frame.Contains("false:", StringComparison.Ordinal));
    }

    [Fact]
    public void the_next_worker_finds_nothing_to_do()
    {
        host.RestartWorker();
        Assert.Empty(host.Reconcile());
    }
}
