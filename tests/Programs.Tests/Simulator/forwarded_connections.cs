using System.Net;
using System.Net.Sockets;
using NovaNetBus.Simulator.Forwarding;
using Xunit;

namespace NovaNetBus.Programs.Tests.Simulator;

public sealed class forwarded_connections : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private readonly Socket service = Listening();
    private readonly Socket door = Listening();

    [Fact]
    public async Task tell_the_service_when_the_client_was_killed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(door.LocalEndPoint!, cancellation);
        var joined = Forwarder.JoinAsync(await door.AcceptAsync(cancellation), (IPEndPoint)service.LocalEndPoint!, cancellation);
        using var served = await service.AcceptAsync(cancellation);

        client.LingerState = new LingerOption(true, 0); // a reset, as the kernel sends for a killed program with unread data
        client.Close();

        Assert.True(await IsOverAsync(served).WaitAsync(Bound, cancellation));
        await joined.WaitAsync(Bound, cancellation);
    }

    [Fact]
    public async Task let_the_service_answer_after_the_client_has_said_all()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(door.LocalEndPoint!, cancellation);
        var joined = Forwarder.JoinAsync(await door.AcceptAsync(cancellation), (IPEndPoint)service.LocalEndPoint!, cancellation);
        using var served = await service.AcceptAsync(cancellation);

        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await served.ReceiveAsync(new byte[1], cancellation).AsTask().WaitAsync(Bound, cancellation));
        await served.SendAsync(new byte[] { 7 }, cancellation);
        served.Close();

        var answer = new byte[2];
        Assert.Equal(1, await client.ReceiveAsync(answer, cancellation).AsTask().WaitAsync(Bound, cancellation));
        Assert.Equal(7, answer[0]);
        await joined.WaitAsync(Bound, cancellation);
    }

    public void Dispose()
    {
        service.Dispose();
        door.Dispose();
    }

    /// <summary>By an end or by a reset.</summary>
    private static async Task<bool> IsOverAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static Socket Listening()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }
}
