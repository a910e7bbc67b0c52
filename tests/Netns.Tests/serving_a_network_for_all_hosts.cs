using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>One network over two hosts: host-a is gateway and DHCP server for all, host-b bridges and guards its VMs' ports.</summary>
public sealed class serving_a_network_for_all_hosts : IDisposable
{
    private const string Floating = "198.51.100.111";
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly TwoHosts hosts = new();

    public serving_a_network_for_all_hosts()
    {
        foreach (var host in (ReadOnlySpan<TestHost>)[hosts.A, hosts.B])
        {
            host.Network = host.Network with { MultiHost = false, ShareAddress = false };
        }

        hosts.B.Part = NetworkPart.Bridge;
    }

    public void Dispose() => hosts.Dispose();

    [Fact]
    public void a_vm_of_another_host_gets_its_address_its_way_out_and_its_floating_address_from_the_network_host()
    {
        var vm = VmOnB(21);
        hosts.A.Renew(Long);

        Assert.Equal("bound 10.4.0.21/24 router 10.4.0.1 dns 192.0.2.53 mtu 1450 hostname vm-21 domain novalocal", vm.AskForAddress());
        Assert.True(Pinging.Reaches(vm.Namespace, "10.4.0.1"));
        using var server = Conversation.Server(hosts.Public.Outside);
        Assert.Equal("198.51.100.1", Conversation.Ask(vm.Namespace, PublicSegment.Outsider, server));

        hosts.A.Associate(Floating, vm);
        hosts.A.Reconcile();
        Assert.Equal(Floating, Conversation.Ask(vm.Namespace, PublicSegment.Outsider, server));
        Assert.True(Pinging.Reaches(hosts.Public.Outside, Floating));
        Assert.DoesNotContain("inet ", hosts.B.Namespace.Ip("-4 addr show dev br100"), StringComparison.Ordinal);
    }

    [Fact]
    public void a_lease_that_nobody_renews_silences_the_host_for_that_network_and_for_no_other()
    {
        var vm = VmOnB(21);
        var other = OtherNetworkOnA(out var neighbour);
        hosts.A.Associate(Floating, vm);
        hosts.A.Reconcile();
        hosts.A.Renew(Long);
        Assert.NotEqual("", vm.AskForAddress());
        Assert.True(Pinging.Reaches(vm.Namespace, "10.4.0.1"));

        hosts.A.Renew(TimeSpan.FromMilliseconds(300));
        Assert.True(SpinWait.SpinUntil(() => !Pinging.Reaches(vm.Namespace, "10.4.0.1"), TimeSpan.FromSeconds(30)));

        // Neither by ARP, nor to who knows its MAC already, nor on the way through, nor by DHCP, nor outside; and nothing that it says itself brings it back to mind.
        Assert.False(Pinging.Reaches(vm.Namespace, PublicSegment.Outsider));
        vm.Namespace.Ip("neigh flush all");
        Assert.False(Pinging.Reaches(vm.Namespace, "10.4.0.1"));
        vm.Namespace.Ip("addr flush dev eth0");
        Assert.Equal("", vm.AskForAddress(tries: 2));
        Assert.False(Pinging.Reaches(hosts.Public.Outside, Floating));
        hosts.Public.Outside.Ip("neigh flush all");
        Assert.False(Pinging.Reaches(hosts.Public.Outside, Floating));

        // The host's other network, and its own address, go on.
        Assert.True(Pinging.Reaches(neighbour.Namespace, other.ToString()));
        Assert.True(Pinging.Reaches(hosts.Public.Outside, "198.51.100.1"));

        // Renewed, all of it is there again.
        hosts.A.Renew(Long);
        Assert.NotEqual("", vm.AskForAddress());
        Assert.True(SpinWait.SpinUntil(() => Pinging.Reaches(vm.Namespace, PublicSegment.Outsider), TimeSpan.FromSeconds(30)));
        Assert.True(SpinWait.SpinUntil(() => Pinging.Reaches(hosts.Public.Outside, Floating), TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void a_lease_that_is_renewed_in_time_is_not_noticed()
    {
        var vm = VmOnB(21);
        hosts.A.Renew(Long);
        Assert.NotEqual("", vm.AskForAddress());
        Assert.True(Pinging.Reaches(vm.Namespace, PublicSegment.Outsider));

        var pinging = Pinging.Start(vm.Namespace, PublicSegment.Outsider, 400, 0.005);
        for (var renewal = 0; renewal < 400; renewal++)
        {
            hosts.A.Renew(Long);
        }

        Assert.Equal(0, pinging.Lost);
    }

    [Fact]
    public void a_worker_that_starts_anew_finds_its_lease_running_and_disturbs_nothing()
    {
        var vm = VmOnB(21);
        hosts.A.Renew(Long);
        Assert.NotEqual("", vm.AskForAddress());
        var pinging = Pinging.Start(vm.Namespace, PublicSegment.Outsider, 200);

        hosts.A.RestartWorker();
        Assert.Empty(hosts.A.Reconcile());

        Assert.Equal(0, pinging.Lost);
    }

    [Fact]
    public void a_host_that_makes_itself_ready_has_all_of_it_and_is_not_heard()
    {
        var vm = VmOnB(21);
        hosts.A.Associate(Floating, vm);
        hosts.A.Reconcile();
        hosts.A.Renew(Long);
        Assert.NotEqual("", vm.AskForAddress());
        var (gateway, outer) = (MacOf(vm.Namespace, "10.4.0.1"), MacOf(hosts.Public.Outside, Floating));

        Prepare(hosts.B);

        Assert.Contains("10.4.0.1/24", hosts.B.Namespace.Ip("-4 addr show dev br100"), StringComparison.Ordinal);
        Assert.Contains(Floating, hosts.B.Namespace.Ip("-4 addr show dev pub0"), StringComparison.Ordinal);
        Assert.False(File.Exists(hosts.B.DhcpFile("pid")));
        for (var round = 0; round < 5; round++)
        {
            Assert.Equal(gateway, MacOf(vm.Namespace, "10.4.0.1"));
            Assert.Equal(outer, MacOf(hosts.Public.Outside, Floating));
        }
    }

    [Fact]
    public void a_network_that_is_given_over_loses_no_packet_but_one_that_is_out_at_that_very_moment()
    {
        var vm = VmOnB(21);
        hosts.A.Associate(Floating, vm);
        hosts.A.Reconcile();
        hosts.A.Renew(Long);
        Assert.NotEqual("", vm.AskForAddress());
        Assert.True(Pinging.Reaches(vm.Namespace, PublicSegment.Outsider));
        Assert.True(Pinging.Reaches(hosts.Public.Outside, Floating));
        var (client, server) = Conversation.Connect(hosts.Public.Outside, Floating, vm.Namespace);
        var (outward, inward) = (Pinging.Start(vm.Namespace, PublicSegment.Outsider, 600, 0.005), Pinging.Start(hosts.Public.Outside, Floating, 600, 0.005));

        Prepare(hosts.B);
        hosts.A.Part = NetworkPart.Silent;
        hosts.A.Reconcile();
        hosts.B.Part = NetworkPart.Gateway;
        hosts.B.Reconcile();
        hosts.B.Announce();

        // Whose question left by the one host and whose answer came to the other: their connections are not shared.
        Assert.InRange(outward.Lost, 0, 1);
        Assert.InRange(inward.Lost, 0, 1);
        hosts.A.Part = NetworkPart.Bridge;
        hosts.A.Floatings.Clear();
        hosts.A.Reconcile();
        Assert.Equal(TwoHosts.MacOf(hosts.B).ToString(), MacOf(hosts.Public.Outside, Floating));
        Assert.Equal(MacAddress.ForBridge("host-b", "br100").ToString(), MacOf(vm.Namespace, "10.4.0.1"));

        // A connection through the floating address goes on, and so does the lease.
        client.Send("still"u8);
        var heard = new byte[16];
        Assert.Equal(5, server.Receive(heard));
        vm.Namespace.Ip("addr flush dev eth0");
        Assert.StartsWith("bound 10.4.0.21/24", vm.AskForAddress(), StringComparison.Ordinal);
        client.Dispose();
        server.Dispose();
    }

    [Fact]
    public void a_host_that_lets_go_tells_no_client_that_its_lease_has_ended()
    {
        var vm = VmOnB(21);
        hosts.A.Renew(Long);
        Assert.NotEqual("", vm.AskForAddress());
        Assert.Contains(vm.Address.ToString(), File.ReadAllText(hosts.A.DhcpFile("leases")), StringComparison.Ordinal);

        hosts.A.Part = NetworkPart.Bridge;
        var steps = hosts.A.Reconcile();

        Assert.Contains(steps, step => step is HostAction.Remove { Resource: DhcpHost });
        Assert.False(Directory.Exists(Path.GetDirectoryName(hosts.A.DhcpFile("leases"))));
        Assert.Empty(hosts.A.Reconcile());
    }

    /// <summary>All but DHCP, and silent.</summary>
    private void Prepare(TestHost host)
    {
        host.Part = NetworkPart.Silent;
        host.Floatings.AddRange(hosts.A.Floatings);
        host.Renew(Long);
        host.Reconcile();
    }

    /// <summary>A VM on host-b, without an address; host-a answers for it.</summary>
    private TestVm VmOnB(int number)
    {
        var vm = hosts.B.PlugKnown(number);
        hosts.A.Ports.Add(vm.Port with { IsHere = false });
        hosts.Apply();
        return vm.PlugIn();
    }

    /// <summary>A network with multi_host on host-a, on a bridge of its own: the host's address on it, and a VM there.</summary>
    private Ipv4 OtherNetworkOnA(out TestVm vm)
    {
        var id = Guid.NewGuid();
        var address = Ipv4.Parse("10.5.0.1");
        hosts.A.Others.Add(new ServedNetwork(
            hosts.A.Network with { Id = id, Cidr = Cidr.Parse("10.5.0.0/24"), DhcpServer = address, Gateway = address, Bridge = "br101", MultiHost = true, ShareAddress = true }, address));
        vm = hosts.A.Plug(31);
        hosts.A.Ports.Add(vm.Port with { NetworkId = id, Address = Ipv4.Parse("10.5.0.31") });
        hosts.A.Reconcile();
        vm.PlugIn("br101");
        Assert.StartsWith("bound 10.5.0.31/24", vm.AskForAddress(), StringComparison.Ordinal);
        return address;
    }

    /// <summary>Who answers there for an address, asked anew.</summary>
    private static string MacOf(NetworkNamespace place, string address)
    {
        place.Ip("neigh flush all");
        Assert.True(Pinging.Reaches(place, address));
        return place.Ip($"neigh show {address}").Split(' ')[4];
    }
}
