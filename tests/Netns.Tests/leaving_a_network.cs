using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>Which source outside sees, with each option that says so.</summary>
public sealed class leaving_a_network : IDisposable
{
    private const string Floating = "198.51.100.111", HostsOwn = "198.51.100.1";

    private readonly TestHost host = new();
    private readonly PublicSegment segment = new();

    public leaving_a_network() => segment.Attach(host, HostsOwn);

    public void Dispose()
    {
        host.Dispose();
        segment.Dispose();
    }

    [Fact]
    public void a_dmz_sees_the_vms_own_address_even_of_one_with_a_floating_address()
    {
        host.Settings = host.Settings with { DmzCidrs = [Cidr.Parse("198.51.100.0/25"), Cidr.Parse("198.51.100.0/24"), Cidr.Parse("198.51.100.0/24")] };
        segment.Outside.Ip($"route add 10.4.0.0/24 via {HostsOwn}");
        var vm = Vm(11);
        host.Associate(Floating, vm);
        host.Reconcile();

        Assert.Equal("10.4.0.11", Seen(vm));
    }

    [Fact]
    public void without_a_routing_address_only_floating_addresses_are_translated()
    {
        host.Settings = host.Settings with { RoutingSourceIp = null };
        segment.Outside.Ip($"route add 10.4.0.0/24 via {HostsOwn}");
        var (with, without) = (Vm(11), Vm(12));
        host.Associate(Floating, with);
        host.Reconcile();

        Assert.Equal("10.4.0.12", Seen(without));
        Assert.Equal(Floating, Seen(with));
    }

    [Fact]
    public void with_another_gateway_the_host_translates_nothing_but_floating_addresses_which_work_in_both_directions()
    {
        var router = Router();
        var (with, without) = (Vm(11), Vm(12));
        host.Associate(Floating, with);
        host.Reconcile();

        using var byRouter = Conversation.Server(router.Namespace, PublicSegment.Outsider);
        Assert.Equal("10.4.0.12", Conversation.Ask(without.Namespace, PublicSegment.Outsider, byRouter));
        Assert.Equal(Floating, Seen(with));
        using var server = Conversation.Server(with.Namespace);
        Conversation.Ask(segment.Outside, Floating, server);
        Assert.Equal("10.4.0.12", Conversation.Ask(without.Namespace, "10.4.0.11", server));
    }

    [Fact]
    public void with_another_gateway_force_snat_range_is_reached_by_way_of_the_host()
    {
        host.Settings = host.Settings with { ForceSnatRanges = [Cidr.Parse("198.51.100.0/28")] };
        var router = Router();
        router.Namespace.Ip("addr add 198.51.100.20/32 dev lo");
        var vm = Vm(12);
        host.Reconcile();

        Assert.Equal(HostsOwn, Seen(vm));
        using var byRouter = Conversation.Server(router.Namespace, "198.51.100.20");
        Assert.Equal("10.4.0.12", Conversation.Ask(vm.Namespace, "198.51.100.20", byRouter));
    }

    [Fact]
    public void a_bridge_forwards_to_the_interfaces_that_are_named_and_to_no_other()
    {
        host.Settings = host.Settings with { ForwardInterfaces = ["pub0"] };
        var vm = Vm(11);
        var elsewhere = host.Connect("other0");
        host.Namespace.Ip("addr add 192.0.2.1/24 dev other0");
        elsewhere.Namespace.Ip("addr add 192.0.2.10/24 dev eth0");
        elsewhere.Namespace.Ip("route add default via 192.0.2.1");
        using var server = Conversation.Server(elsewhere.Namespace);
        using var client = Conversation.Client(vm.Namespace, "192.0.2.10");

        client.Send("dropped"u8);
        Assert.Equal(HostsOwn, Seen(vm));

        host.Settings = host.Settings with { ForwardInterfaces = ["pub0", "other0"] };
        host.Reconcile();
        Assert.Equal("10.4.0.11", Conversation.Ask(vm.Namespace, "192.0.2.10", server));
    }

    /// <summary>As whom the outside machine sees a VM.</summary>
    private string Seen(TestVm vm)
    {
        using var server = Conversation.Server(segment.Outside);
        return Conversation.Ask(vm.Namespace, PublicSegment.Outsider, server);
    }

    /// <summary>A VM that has the network's gateway as its router.</summary>
    private TestVm Vm(int number)
    {
        var vm = host.PlugKnown(number).PlugInAfter(host);
        vm.Namespace.Ip($"addr add {vm.Address}/24 dev eth0");
        vm.Namespace.Ip($"route add default via {host.Network.Gateway}");
        return vm;
    }

    /// <summary>Another machine is the network's gateway, and would have the outside's address if it were asked.</summary>
    private TestNeighbour Router()
    {
        host.Network = host.Network with { Gateway = Ipv4.Parse("10.4.0.254") };
        var router = host.Connect("flat0");
        router.Namespace.Ip("addr add 10.4.0.254/24 dev eth0");
        router.Namespace.Ip($"addr add {PublicSegment.Outsider}/32 dev lo");
        host.Settings = host.Settings with { FlatInterface = "flat0" };
        host.Reconcile();
        host.AwaitPort("flat0");
        return router;
    }
}
