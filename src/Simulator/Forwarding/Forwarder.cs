using System.Net;
using System.Net.Sockets;
using NovaNetBus.Simulator.Namespaces;

namespace NovaNetBus.Simulator.Forwarding;

/// <summary>Listens on the loopback of other network namespaces and connects to the same port of this one's loopback, so that a program
/// in there reaches broker and database with the very same connection strings and nothing listens anywhere else.</summary>
/// <param name="namespaces">Where it listens; none: in this one.</param>
/// <param name="ports">There, and where it connects to.</param>
internal sealed class Forwarder(IReadOnlyList<string> namespaces, IReadOnlyList<int> ports)
{
    private const int Backlog = 128;

    /// <summary>The address that it listens on.</summary>
    public IPAddress Near { get; init; } = IPAddress.Loopback;

    /// <summary>The address that it connects to.</summary>
    public IPAddress Far { get; init; } = IPAddress.Loopback;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var listeners = (from name in namespaces.DefaultIfEmpty() from port in ports select (Port: port, Socket: Listen(name, port))).ToList();
        try
        {
            await Task.WhenAll(listeners.Select(l => AcceptAsync(l.Socket, l.Port, ct)));
        }
        catch (OperationCanceledException)
        {
            // The way to end it.
        }
        finally
        {
            listeners.ForEach(l => l.Socket.Dispose());
        }
    }

    private Socket Listen(string? name, int port)
    {
        var socket = name is null ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) : NetworkNamespace.TcpSocket(name);
        socket.Bind(new IPEndPoint(Near, port));
        socket.Listen(Backlog);
        return socket;
    }

    private async Task AcceptAsync(Socket listener, int port, CancellationToken ct)
    {
        while (true)
        {
            var client = await listener.AcceptAsync(ct);
            _ = JoinAsync(client, new IPEndPoint(Far, port), ct);
        }
    }

    /// <summary>
    /// Copies both ways until both sides have ended, or one is gone: a killed program resets its connections, and the other side must hear of it,
    /// or a database would keep the dead one's transaction, with its locks.
    /// </summary>
    internal static async Task JoinAsync(Socket client, IPEndPoint target, CancellationToken ct)
    {
        using var near = client;
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            near.NoDelay = far.NoDelay = true;
            await far.ConnectAsync(target, ct);
            Task[] ways = [CopyAsync(near, far, ct), CopyAsync(far, near, ct)];
            await await Task.WhenAny(ways);
            await Task.WhenAll(ways);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // One side is gone: closing both tells the other.
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationToken ct)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await from.ReceiveAsync(buffer, ct)) > 0)
        {
            for (var sent = 0; sent < count;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), ct);
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
