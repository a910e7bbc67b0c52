using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>use_ipv6 on two hosts, each the router of its own instances (multi_host).</summary>
public sealed class serving_ipv6 : IDisposable
{
    private const string Gateway = "fd00:4::1", Outsider = "2001:db8::10";
    private readonly TwoHosts hosts = new();

    public serving_ipv6()
    {
        foreach (var host in (ReadOnlySpan<TestHost>)[hosts.A, hosts.B])
        {
            host.UseIpv6();
        }

        hosts.Apply();
    }

    public void Dispose() => hosts.Dispose();

    [Fact]
    public void instances_give_themselves_the_address_that_is_told_and_reach_their_gateway_and_each_other()
    {
        var (first, second, far) = (Vm(hosts.A, 11), Vm(hosts.A, 12), Vm(hosts.B, 21));
        foreach (var vm in (ReadOnlySpan<TestVm>)[first, second, far])
        {
            Assert.Equal($"{vm.AddressV6}/64", vm.AwaitIpv6());
            Assert.True(Pinging.Reaches(vm.Namespace, Gateway));
        }

        Assert.True(Pinging.Reaches(first.Namespace, second.AddressV6.ToString()));
        Assert.True(Pinging.Reaches(first.Namespace, far.AddressV6.ToString()));
        Assert.True(Pinging.Reaches(far.Namespace, first.AddressV6.ToString()));
        Assert.Empty(hosts.A.Reconcile());
        Assert.Empty(hosts.B.Reconcile());
        hosts.A.RestartWorker();
        Assert.Empty(hosts.A.Reconcile());
    }

    [Fact]
    public void an_instance_finds_its_own_host_and_no_other_as_router()
    {
        using var wire = new FrameSocket(hosts.B.Namespace, "flat0");
        var (near, far) = (Vm(hosts.A, 11), Vm(hosts.B, 21));
        near.AwaitIpv6();
        far.AwaitIpv6();
        Assert.Equal([RouterOf("host-a")], Routers(near));
        Assert.Equal([RouterOf("host-b")], Routers(far));

        near.Nic.Send(
            Frames.Neighbour(135, near.Mac, near.AddressV6, Ipv6.Parse(Gateway), "false:who-is-gateway"),
            Frames.Neighbour(133, near.Mac, near.LinkLocal, default, "false:who-routes"),
            Frames.Neighbour(135, near.Mac, near.AddressV6, far.AddressV6, "honest:who-is"));
        far.Nic.SeenUntil("honest:who-is");
        var crossing = wire.SeenUntil("honest:who-is");
        Assert.DoesNotContain(crossing, frame => frame.Contains("false:", StringComparison.Ordinal) || IsNeighbourMessage(frame, 134));

        // Nor does a host believe another machine on the wire that it is a router.
        wire.Send(Frames.Neighbour(134, TwoHosts.MacOf(hosts.B), Ipv6.Parse("fe80::bad"), default, "false:router"));
        wire.Send(Frames.Neighbour(136, TwoHosts.MacOf(hosts.B), Ipv6.Parse("fe80::bad"), Ipv6.Parse(Gateway), "false:gateway"));
        far.Nic.Send(Frames.Neighbour(135, far.Mac, far.AddressV6, near.AddressV6, "honest:back"));
        Assert.DoesNotContain(near.Nic.SeenUntil("honest:back"), frame => frame.Contains("false:", StringComparison.Ordinal));
    }

    [Fact]
    public void nothing_passes_under_a_false_name()
    {
        var (bad, other, victim) = (Vm(hosts.A, 11), Vm(hosts.A, 12), Vm(hosts.A, 13));
        victim.AwaitIpv6();
        var (mac, own, link, foreign) = (bad.Mac, bad.AddressV6, bad.LinkLocal, Ipv6.Parse("fd00:4::bad"));
        bad.Nic.Send(
            Frames.Udp6(mac, foreign, victim.Mac, victim.AddressV6, "false:source"),
            Frames.Udp6(mac, other.AddressV6, victim.Mac, victim.AddressV6, "false:neighbour"),
            Frames.Udp6(other.Mac, own, victim.Mac, victim.AddressV6, "false:mac"),
            Frames.Udp6(mac, other.LinkLocal, victim.Mac, victim.LinkLocal, "false:link"),
            Frames.Udp6(mac, Frames.Unspecified, victim.Mac, victim.AddressV6, "false:nobody"),
            Frames.Neighbour(136, mac, own, other.AddressV6, "false:na"),
            Frames.Neighbour(136, mac, link, Ipv6.Parse(Gateway), "false:na-gateway"),
            Frames.Neighbour(135, mac, Frames.Unspecified, victim.AddressV6, "false:dad"),
            Frames.Neighbour(136, mac, Frames.Unspecified, own, "false:na-from-nobody"),
            Frames.Neighbour(134, mac, link, default, "false:ra"),
            Frames.Neighbour(137, mac, link, victim.AddressV6, "false:redirect"),
            Frames.Fragmented(134, mac, link, default, "false:ra-in-fragments"),
            Frames.Fragmented(134, mac, link, default, "false:ra-rest", skipped: 8),
            Frames.Udp6(mac, link, victim.Mac, victim.LinkLocal, "false:dhcp", 547, 546),
            Frames.Udp6(mac, own, victim.Mac, victim.AddressV6, "false:dhcp-global", 547, 546),
            Frames.Udp6(mac, own, victim.Mac, victim.AddressV6, "honest:udp"),
            Frames.Udp6(mac, link, victim.Mac, victim.LinkLocal, "honest:link"),
            Frames.Neighbour(136, mac, link, own, "honest:na"),
            Frames.Neighbour(135, mac, Frames.Unspecified, own, "honest:dad"));

        var seen = victim.Nic.SeenUntil("honest:dad");
        Assert.DoesNotContain(seen, frame => frame.Contains("false:", StringComparison.Ordinal));
        Assert.All(["honest:udp", "honest:link", "honest:na"], text => Assert.Contains(seen, frame => frame.Contains(text, StringComparison.Ordinal)));
    }

    [Fact]
    public void a_port_that_sends_frames_back_does_not_show_a_vm_the_check_of_its_own_address()
    {
        var vm = Vm(hosts.A, 11);
        hosts.A.Namespace.Execute("bridge", "link", "set", "dev", vm.PortName, "hairpin", "on");
        vm.Nic.Send(
            Frames.Neighbour(135, vm.Mac, Frames.Unspecified, vm.AddressV6, "own:check"),
            Frames.ArpRequest(vm.Mac, vm.Mac, vm.Address, TestHost.Gateway, "own:arp"));

        Assert.DoesNotContain(vm.Nic.SeenUntil("own:arp"), frame => frame.Contains("own:check", StringComparison.Ordinal));
        Assert.Equal($"{vm.AddressV6}/64", vm.AwaitIpv6());
    }

    [Fact]
    public void what_is_routed_keeps_its_address_and_comes_in_by_any_host()
    {
        Route(hosts.A, "2001:db8::1");
        Route(hosts.B, "2001:db8::2");
        hosts.Public.Outside.Ip($"-6 addr add {Outsider}/64 dev eth0 nodad");
        hosts.Public.Outside.Ip("-6 route add fd00:4::/64 via 2001:db8::1");
        var (near, far) = (Vm(hosts.A, 11), Vm(hosts.B, 21));
        near.AwaitIpv6();
        far.AwaitIpv6();

        Assert.True(Pinging.Reaches(near.Namespace, Outsider));
        Assert.True(Pinging.Reaches(hosts.Public.Outside, near.AddressV6.ToString()));
        near.Nic.Send(Frames.Udp6(near.Mac, near.AddressV6, MacAddress.ForBridge("host-a", "br100"), Ipv6.Parse(Outsider), "routed:out"));
        Assert.Equal(near.AddressV6, SourceOf(hosts.Public.Nic.SeenUntil("routed:out")[^1]));

        // Out by host-b, and back by host-a.
        Assert.True(Pinging.Reaches(far.Namespace, Outsider));
        var (client, server) = Conversation.Connect(far.Namespace, Outsider, hosts.Public.Outside);
        client.Dispose();
        server.Dispose();
        Assert.Equal([RouterOf("host-b")], Routers(far));
    }

    [Fact]
    public void networks_do_not_meet_in_the_host()
    {
        var id = Guid.NewGuid();
        hosts.A.Settings = hosts.A.Settings with { FlatInterface = null };
        var other = hosts.A.Network with
        {
            Id = id,
            Bridge = "br101",
            Cidr = Cidr.Parse("10.5.0.0/24"),
            DhcpServer = Ipv4.Parse("10.5.0.1"),
            Gateway = Ipv4.Parse("10.5.0.1"),
            CidrV6 = Ipv6Cidr.Parse("fd00:5::/64"),
            GatewayV6 = Ipv6.Parse("fd00:5::1"),
        };
        hosts.A.Others.Add(new ServedNetwork(other, other.DhcpServer));
        var here = Vm(hosts.A, 11);
        var there = hosts.A.Plug(31);
        hosts.A.Ports.Add(there.Port with { NetworkId = id, Address = Ipv4.Parse("10.5.0.31") });
        hosts.A.Reconcile();
        there.PlugIn("br101");
        here.AwaitIpv6();
        Assert.Equal($"{other.CidrV6!.Value.AddressOf(there.Mac)}/64", there.AwaitIpv6());

        Assert.True(Pinging.Reaches(there.Namespace, "fd00:5::1"));
        Assert.False(Pinging.Reaches(there.Namespace, here.AddressV6.ToString()));
        Assert.False(Pinging.Reaches(here.Namespace, other.CidrV6.Value.AddressOf(there.Mac).ToString()));
    }

    [Fact]
    public void a_network_without_dhcp_is_advertised_all_the_same()
    {
        hosts.A.Network = hosts.A.Network with { EnableDhcp = false };
        var vm = Vm(hosts.A, 11);

        Assert.Equal($"{vm.AddressV6}/64", vm.AwaitIpv6());
        Assert.Equal("", vm.AskForAddress(tries: 2));
        Assert.Empty(hosts.A.Reconcile());
    }

    [Fact]
    public void switched_off_nothing_of_it_is_left_and_switched_on_again_it_is_as_before()
    {
        var (first, second) = (Vm(hosts.A, 11), Vm(hosts.A, 12));
        first.AwaitIpv6();
        second.AwaitIpv6();
        Assert.True(Pinging.Reaches(first.Namespace, second.AddressV6.ToString()));

        hosts.A.Settings = hosts.A.Settings with { UsesIpv6 = false };
        hosts.A.Reconcile();
        Assert.Empty(hosts.A.Reconcile());
        Assert.Equal("", hosts.A.Namespace.Ip("-6 addr show dev br100"));
        Assert.False(Pinging.Reaches(first.Namespace, second.AddressV6.ToString()));
        Assert.False(Pinging.Reaches(first.Namespace, Gateway));
        using (var wire = new FrameSocket(hosts.B.Namespace, "flat0"))
        {
            wire.Send(
                Frames.Neighbour(134, TwoHosts.MacOf(hosts.B), Ipv6.Parse("fe80::bad"), default, "false:router"),
                Frames.Ipv6(TwoHosts.MacOf(hosts.B), first.Mac, "false:ipv6"),
                Frames.ArpRequest(TwoHosts.MacOf(hosts.B), TwoHosts.MacOf(hosts.B), Ipv4.Parse("10.4.0.99"), first.Address, "honest:arp"));
        }

        Assert.DoesNotContain(first.Nic.SeenUntil("honest:arp"), frame => frame.Contains("false:", StringComparison.Ordinal));

        hosts.A.UseIpv6();
        hosts.A.Reconcile();
        Assert.True(SpinWait.SpinUntil(() => Pinging.Reaches(first.Namespace, second.AddressV6.ToString()), TimeSpan.FromSeconds(30)));
        Assert.True(Pinging.Reaches(first.Namespace, Gateway));
    }

    [Theory]
    [InlineData("ip", "-6 addr del fd00:4::1/64 dev br100")]
    [InlineData("ip", "-6 addr add fd00:9::1/64 dev br100")]
    [InlineData("ip", "link set br100 down")]
    [InlineData("ip", "link delete br100")]
    [InlineData("sysctl", "-q net.ipv6.conf.br100.disable_ipv6=1")]
    [InlineData("sysctl", "-q net.ipv6.conf.all.forwarding=0")]
    [InlineData("nft", "delete element bridge novanetbus ip6_ports { \"tap11\" }")]
    [InlineData("nft", "add element bridge novanetbus port_ip6 { \"tap11\" . fa:16:3e:00:00:0b . 0x7 }")]
    public void drift_is_found_and_repaired(string program, string change)
    {
        hosts.A.PlugKnown(11);
        hosts.A.Reconcile();
        hosts.A.Namespace.Execute(program, program == "nft" ? [change] : change.Split(' '));

        Assert.NotEmpty(hosts.A.Reconcile());
        Assert.Empty(hosts.A.Reconcile());
        Assert.Equal(hosts.A.Plan().Resources.OrderBy(r => r.Key), hosts.A.Read(hosts.A.Plan()).Resources.OrderBy(r => r.Key));
    }

    [Theory]
    [InlineData("1", "2")]
    [InlineData("0", "0")]
    public void a_host_that_learns_its_own_router_goes_on_to_do_so(string before, string after)
    {
        hosts.A.Namespace.Execute("sysctl", "-q", $"net.ipv6.conf.pub0.accept_ra={before}", "net.ipv6.conf.all.forwarding=0");

        hosts.A.Reconcile();

        Assert.Equal(after, hosts.A.Namespace.Execute("sysctl", "-n", "net.ipv6.conf.pub0.accept_ra").Trim());
        Assert.Equal("1", hosts.A.Namespace.Execute("sysctl", "-n", "net.ipv6.conf.all.forwarding").Trim());
        Assert.Empty(hosts.A.Reconcile());
    }

    private static TestVm Vm(TestHost host, int number) => host.PlugKnown(number).PlugInAfter(host);

    private static void Route(TestHost host, string address) => host.Namespace.Ip($"-6 addr add {address}/64 dev pub0 nodad");

    private static string RouterOf(string host) => Ipv6Cidr.LinkLocal.AddressOf(MacAddress.ForBridge(host, "br100")).ToString();

    /// <summary>The routers that a VM has heard of.</summary>
    private static IEnumerable<string> Routers(TestVm vm) =>
        vm.Namespace.Ip("-6 route show default").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[2]);

    private static bool IsNeighbourMessage(string frame, int type) => frame.Length > 54 && frame[12..14] == "\x86\xdd" && frame[20] == Frames.Icmpv6 && frame[54] == type;

    private static Ipv6 SourceOf(string frame) => new(frame[22..38].Aggregate(UInt128.Zero, (value, part) => (value << 8) | part));
}
