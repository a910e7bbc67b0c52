using System.Net;
using System.Net.Sockets;
using System.Text;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

public sealed class guarding_ports : IDisposable
{
    private static readonly MacAddress Foreign = MacAddress.Parse("fa:16:3e:00:00:ee");
    private static readonly Ipv4 ForeignAddress = Ipv4.Parse("10.4.0.99");

    private readonly TestHost host = new();
    private readonly TestNeighbour trunk;
    private readonly TestVm bad;
    private readonly TestVm good;
    private readonly TestVm victim;

    public guarding_ports()
    {
        trunk = host.Connect("flat0");
        host.Settings = host.Settings with { FlatInterface = "flat0" };
        (bad, good, victim) = (host.PlugKnown(11), host.PlugKnown(12), host.PlugKnown(13));
        host.Reconcile();
        host.AwaitPort("flat0");
        foreach (var vm in (ReadOnlySpan<TestVm>)[bad, good, victim])
        {
            vm.PlugIn();
        }
    }

    public void Dispose() => host.Dispose();

    [Fact]
    public void nothing_passes_under_a_false_name()
    {
        var (a, b) = (bad, victim);
        bad.Nic.Send(
            Frames.Udp(a.Mac, ForeignAddress, b.Mac, b.Address, "false:address"),
            Frames.Udp(Foreign, a.Address, b.Mac, b.Address, "false:mac"),
            Frames.Udp(good.Mac, good.Address, b.Mac, b.Address, "false:both"),
            Frames.ArpReply(a.Mac, b.Mac, a.Mac, TestHost.Gateway, b.Address, "false:gateway"),
            Frames.ArpReply(a.Mac, b.Mac, good.Mac, a.Address, b.Address, "false:arp-mac"),
            Frames.ArpRequest(Foreign, Foreign, a.Address, b.Address, "false:arp"),
            Frames.DhcpOffer(a.Mac, a.Address, "false:dhcp"),
            Frames.Tagged(Frames.Udp(a.Mac, a.Address, b.Mac, b.Address, "false:tagged"), 100),
            Frames.Tagged(Frames.ArpRequest(a.Mac, a.Mac, a.Address, b.Address, "false:tagged-arp"), 100),
            Frames.Ipv6(a.Mac, b.Mac, "false:ipv6"),
            Frames.Udp(a.Mac, a.Address, b.Mac, b.Address, "honest:udp"),
            Frames.ArpRequest(a.Mac, a.Mac, a.Address, b.Address, "honest:arp"));

        Assert.DoesNotContain(victim.Nic.SeenUntil("honest:arp"), frame => frame.Contains("false:", StringComparison.Ordinal));
        Assert.Contains(victim.Nic.Seen(), frame => frame.Contains("honest:udp", StringComparison.Ordinal));
        Assert.DoesNotContain(trunk.Nic.SeenUntil("honest:arp"), frame => frame.Contains("false:", StringComparison.Ordinal));
    }

    [Fact]
    public void its_neighbours_are_not_cut_off()
    {
        bad.Nic.Send(Frames.Udp(Foreign, ForeignAddress, victim.Mac, victim.Address, "false:all"));
        good.Nic.Send(Frames.Udp(good.Mac, good.Address, victim.Mac, victim.Address, "honest:neighbour"));
        victim.Nic.SeenUntil("honest:neighbour");
    }

    [Fact]
    public void an_unknown_port_reaches_neither_vm_nor_host_nor_trunk_until_it_is_known()
    {
        var late = host.Plug(14).PlugIn();
        using var server = host.Namespace.Run(() => new UdpClient(new IPEndPoint(IPAddress.Parse("10.4.0.1"), 4001)));
        SendAll(late, "early");
        SendAll(good, "good");

        Assert.DoesNotContain(victim.Nic.SeenUntil("good:arp"), frame => frame.Contains("early:", StringComparison.Ordinal));
        Assert.DoesNotContain(trunk.Nic.SeenUntil("good:arp"), frame => frame.Contains("early:", StringComparison.Ordinal));
        Assert.Equal("good:host", Receive(server));
        Assert.DoesNotContain(late.Nic.Seen(), IsArpReply);

        host.Ports.Add(late.Port);
        host.ApplyChange();
        SendAll(late, "known");

        victim.Nic.SeenUntil("known:arp");
        trunk.Nic.SeenUntil("known:arp");
        Assert.Equal("known:host", Receive(server));
        late.Nic.Send(Frames.ArpRequest(late.Mac, late.Mac, late.Address, TestHost.Gateway, "known:gateway"));
        late.Nic.SeenUntil("\x08\x06\0\x01\x08\0\x06\x04\0\x02"); // an answer
    }

    [Fact]
    public void dhcp_and_the_gateway_stay_on_their_host()
    {
        var (vm, gateway) = (good, TestHost.Gateway);
        vm.Nic.Send(
            Frames.DhcpDiscover(vm.Mac, "false:discover"),
            Frames.ArpRequest(vm.Mac, vm.Mac, vm.Address, gateway, "false:who-has"),
            Frames.ArpRequest(vm.Mac, vm.Mac, vm.Address, victim.Address, "honest:who-has"));
        Assert.DoesNotContain(trunk.Nic.SeenUntil("honest:who-has"), frame => frame.Contains("false:", StringComparison.Ordinal));

        trunk.Nic.Send(
            Frames.DhcpOffer(trunk.Mac, gateway, "false:offer"),
            Frames.ArpReply(trunk.Mac, vm.Mac, trunk.Mac, gateway, vm.Address, "false:is-at"),
            Frames.ArpRequest(trunk.Mac, trunk.Mac, ForeignAddress, gateway, "false:ask"),
            Frames.ArpRequest(trunk.Mac, trunk.Mac, ForeignAddress, vm.Address, "honest:ask"));
        Assert.DoesNotContain(vm.Nic.SeenUntil("honest:ask"), frame => frame.Contains("false:of", StringComparison.Ordinal) || frame.Contains("false:is", StringComparison.Ordinal));
        Assert.DoesNotContain(trunk.Nic.Seen(), IsArpReplyOfGateway);
    }

    private void SendAll(TestVm from, string name) => from.Nic.Send(
        Frames.Udp(from.Mac, from.Address, victim.Mac, victim.Address, name + ":udp"),
        Frames.Udp(from.Mac, from.Address, Domain.Addressing.MacAddress.ForBridge("host-a", "br100"), TestHost.Gateway, name + ":host"),
        Frames.ArpRequest(from.Mac, from.Mac, from.Address, TestHost.Gateway, name + ":gw"),
        Frames.ArpRequest(from.Mac, from.Mac, from.Address, victim.Address, name + ":arp"));

    private static string Receive(UdpClient server)
    {
        var sender = new IPEndPoint(IPAddress.Any, 0);
        server.Client.ReceiveTimeout = 5000;
        return Encoding.ASCII.GetString(server.Receive(ref sender));
    }

    private static bool IsArpReply(string frame) => frame.Length > 21 && frame[12..14] == "\x08\x06" && frame[21] == 2;

    private static bool IsArpReplyOfGateway(string frame) => IsArpReply(frame) && frame[28..32] == "\x0a\x04\0\x01";
}
