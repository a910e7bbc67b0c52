using System.Net;
using System.Net.Sockets;
using NovaNetBus.Simulator.Namespaces;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>A TCP connection between two network namespaces, and whom the one that is reached sees.</summary>
internal static class Visit
{
    private const int Port = 8081;

    /// <param name="from">Who connects.</param>
    /// <param name="address">Where to.</param>
    /// <param name="at">Who listens, on all its addresses.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>The source that was seen, or "nobody".</returns>
    public static async Task<string> SeenAsAsync(string from, string address, string at, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        end.CancelAfter(Stage.Bound);
        using var listener = NetworkNamespace.TcpSocket(at);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Any, Port));
        listener.Listen();
        using var client = NetworkNamespace.TcpSocket(from);
        var accepted = listener.AcceptAsync(end.Token);
        try
        {
            await client.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), Port), end.Token);
            using var server = await accepted;
            return ((IPEndPoint)server.RemoteEndPoint!).Address.ToString();
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return "nobody";
        }
    }

    /// <summary>As whom the outside machine sees a VM; it has no route to the fixed range at all.</summary>
    public static Task<string> OutsideSeesAsync(string from, CancellationToken ct) => SeenAsAsync(from, WorldPlan.OutsideAddress, WorldPlan.Outside, ct);
}
