using System.Net;
using System.Net.Sockets;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

public sealed class translating_addresses : IDisposable
{
    private static readonly IPEndPoint Server = new(IPAddress.Parse("198.51.100.10"), 4001);

    private readonly TestHost host = new();

    public void Dispose() => host.Dispose();

    [Fact]
    public void outside_sees_the_hosts_address_and_its_answer_comes_back()
    {
        using var server = Outside();
        using var client = Client(Vm());

        client.Send("question"u8, Server);
        var sender = Receive(server);
        Assert.Equal("198.51.100.1", sender.Address.ToString());

        server.Send("answer"u8, sender);
        Assert.Equal(Server, Receive(client));
    }

    [Fact]
    public void a_floating_address_takes_over_a_flow_that_runs_and_leads_in()
    {
        using var server = Outside();
        var vm = Vm();
        using var client = Client(vm);
        client.Send("before"u8, Server);
        Assert.Equal("198.51.100.1", Receive(server).Address.ToString());

        host.Namespace.Ip("addr add 198.51.100.111/32 dev pub0");
        host.Reconcile(host.Plan().With([
            new FirewallElement(FirewallSet.FloatingDnat, ["198.51.100.111"], vm.Address.ToString()),
            new FirewallElement(FirewallSet.FloatingSnat, [vm.Address.ToString()], "198.51.100.111"),
        ]));
        client.Send("after"u8, Server);
        Assert.Equal("198.51.100.111", Receive(server).Address.ToString());

        server.Send("unasked"u8, new IPEndPoint(IPAddress.Parse("198.51.100.111"), ((IPEndPoint)client.Client.LocalEndPoint!).Port));
        Assert.Equal(Server, Receive(client));

        host.Reconcile();
        client.Send("again"u8, Server);
        Assert.Equal("198.51.100.1", Receive(server).Address.ToString());
    }

    [Fact]
    public void the_host_routes_between_networks_only_what_came_by_a_floating_address()
    {
        var vm = Vm();
        var other = host.Plug(21);
        var second = host.Network with { Id = Guid.NewGuid(), Cidr = Cidr.Parse("10.5.0.0/24"), Bridge = "br200", EnableDhcp = false };
        var port = other.Port with { NetworkId = second.Id, Address = Ipv4.Parse("10.5.0.21") };
        var wanted = host.Plan().With(HostPlanner.Plan(new HostView("host-a", host.Settings, [new ServedNetwork(second, Ipv4.Parse("10.5.0.1"))], [port])).Resources);
        host.Reconcile(wanted);
        other.PlugIn("br200");
        other.Namespace.Ip("addr add 10.5.0.21/24 dev eth0");
        other.Namespace.Ip("route add default via 10.5.0.1");
        using var server = other.Namespace.Run(() => new UdpClient(new IPEndPoint(IPAddress.Parse("10.5.0.21"), 4001)));
        using var client = Client(vm);
        server.Client.ReceiveTimeout = 5000;

        client.Send("straight"u8, new IPEndPoint(IPAddress.Parse("10.5.0.21"), 4001));
        host.Reconcile(wanted.With([new FirewallElement(FirewallSet.FloatingDnat, ["198.51.100.112"], "10.5.0.21")]));
        client.Send("floating"u8, new IPEndPoint(IPAddress.Parse("198.51.100.112"), 4001));

        var sender = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal("floating"u8.ToArray(), server.Receive(ref sender));
    }

    private UdpClient Outside()
    {
        var outside = host.Connect("pub0");
        host.Namespace.Ip("addr add 198.51.100.1/24 dev pub0");
        outside.Namespace.Ip("addr add 198.51.100.10/24 dev eth0");
        return outside.Namespace.Run(() => new UdpClient(Server));
    }

    private TestVm Vm()
    {
        var vm = host.PlugKnown(11).PlugInAfter(host);
        Assert.NotEqual("", vm.AskForAddress());
        return vm;
    }

    private static UdpClient Client(TestVm vm) => vm.Namespace.Run(() => new UdpClient(new IPEndPoint(IPAddress.Any, 0)));

    /// <summary>Who sent the next one.</summary>
    private static IPEndPoint Receive(UdpClient place)
    {
        var sender = new IPEndPoint(IPAddress.Any, 0);
        place.Client.ReceiveTimeout = 5000;
        place.Receive(ref sender);
        return sender;
    }
}
