using System.Net;
using System.Net.Sockets;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

public sealed class translating_addresses : IDisposable
{
    private readonly TestHost host = new();

    public void Dispose() => host.Dispose();

    [Fact]
    public void outside_sees_the_hosts_address_and_its_answer_comes_back()
    {
        var outside = host.Connect("pub0");
        host.Namespace.Ip("addr add 198.51.100.1/24 dev pub0");
        outside.Namespace.Ip("addr add 198.51.100.10/24 dev eth0");
        var vm = host.PlugKnown(11).PlugInAfter(host);
        vm.AskForAddress();

        using var server = outside.Namespace.Run(() => new UdpClient(new IPEndPoint(IPAddress.Parse("198.51.100.10"), 4001)));
        using var client = vm.Namespace.Run(() => new UdpClient(new IPEndPoint(IPAddress.Any, 0)));
        server.Client.ReceiveTimeout = client.Client.ReceiveTimeout = 5000;
        client.Send("question"u8, new IPEndPoint(IPAddress.Parse("198.51.100.10"), 4001));
        var sender = new IPEndPoint(IPAddress.Any, 0);
        server.Receive(ref sender);
        Assert.Equal("198.51.100.1", sender.Address.ToString());

        server.Send("answer"u8, sender);
        client.Receive(ref sender);
        Assert.Equal("198.51.100.10", sender.Address.ToString());
    }
}
