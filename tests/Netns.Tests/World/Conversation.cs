using System.Net;
using System.Net.Sockets;
using Xunit;

namespace NovaNetBus.Netns.Tests.World;

/// <summary>Machines that talk by UDP and TCP, and tell whom they heard.</summary>
internal static class Conversation
{
    public const int Port = 4001;

    /// <summary>Listens on an address of a machine; on all when none is named, but then one of several answers for the others.</summary>
    public static UdpClient Server(NetworkNamespace place, string address = "0.0.0.0") =>
        Bounded(place.Run(() => new UdpClient(new IPEndPoint(IPAddress.Parse(address), Port))));

    /// <summary>
    /// A question to this address, which must reach the server, and an answer, which must come back from this address. Whom the server saw.
    /// </summary>
    public static string Ask(NetworkNamespace from, string address, UdpClient server)
    {
        using var client = Client(from, address);
        client.Send("question"u8);
        var seen = Heard(server, "question");
        server.Send("answer"u8, seen);
        Heard(client, "answer");
        return seen.Address.ToString();
    }

    /// <summary>Hears answers from this address only.</summary>
    public static UdpClient Client(NetworkNamespace from, string address)
    {
        var client = Bounded(from.Run(() => new UdpClient(new IPEndPoint(IPAddress.Any, 0))));
        client.Connect(address, Port);
        return client;
    }

    /// <summary>Who sent the next one, which must be this.</summary>
    public static IPEndPoint Heard(UdpClient place, string text)
    {
        var sender = new IPEndPoint(IPAddress.Any, 0);
        Assert.Equal(text, System.Text.Encoding.ASCII.GetString(place.Receive(ref sender)));
        return sender;
    }

    /// <summary>An established connection through this address: the end that asked, and the end that was asked.</summary>
    public static (Socket Client, Socket Server) Connect(NetworkNamespace from, string address, NetworkNamespace to)
    {
        var family = IPAddress.Parse(address).AddressFamily;
        using var listener = to.Run(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, Port));
        listener.Listen();
        var client = from.Run(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));
        Assert.True(client.ConnectAsync(address, Port).Wait(TimeSpan.FromSeconds(30)), $"{address} does not answer");
        var server = listener.Accept();
        (client.ReceiveTimeout, server.ReceiveTimeout) = (30_000, 30_000);
        return (client, server);
    }

    private static UdpClient Bounded(UdpClient client)
    {
        client.Client.ReceiveTimeout = 30_000;
        return client;
    }
}
