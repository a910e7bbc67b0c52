using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using NovaNetBus.NetworkWorker.Kernel.Netlink;

namespace NovaNetBus.Netns.Tests.World;

/// <summary>Sends and sees whole Ethernet frames on one interface. Frames are told apart by a text in them.</summary>
internal sealed class FrameSocket : IDisposable
{
    private const short AllProtocols = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Socket socket;
    private readonly byte[] buffer = new byte[65536];
    private readonly List<string> seen = [];

    public FrameSocket(NetworkNamespace place, string nic) => socket = place.Run(() =>
    {
        using var netlink = new Rtnetlink();
        var made = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)IPAddress.HostToNetworkOrder(AllProtocols));
        made.Bind(new LinkLayerEndPoint(netlink.Links().Single(link => link.Name == nic).Index));
        return made;
    });

    public void Send(params ReadOnlySpan<byte[]> frames)
    {
        foreach (var frame in frames)
        {
            socket.Send(frame);
        }
    }

    /// <summary>
    /// All frames seen up to the one with this text, each as text. Frames on one path keep their order: what was sent before it and is not among
    /// them did not pass. Throws when it does not come.
    /// </summary>
    public IReadOnlyList<string> SeenUntil(string text)
    {
        var began = Stopwatch.GetTimestamp();
        socket.ReceiveTimeout = (int)Limit.TotalMilliseconds;
        while (Stopwatch.GetElapsedTime(began) < Limit)
        {
            seen.Add(Encoding.Latin1.GetString(buffer, 0, socket.Receive(buffer)));
            if (seen[^1].Contains(text, StringComparison.Ordinal))
            {
                return seen;
            }
        }

        throw new TimeoutException($"no frame with '{text}' came");
    }

    /// <summary>What was seen up to now, without waiting.</summary>
    public IReadOnlyList<string> Seen()
    {
        while (socket.Available > 0)
        {
            seen.Add(Encoding.Latin1.GetString(buffer, 0, socket.Receive(buffer)));
        }

        return seen;
    }

    public void Dispose() => socket.Dispose();

    private sealed class LinkLayerEndPoint(int index) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, 20);
            address[3] = (byte)AllProtocols;
            BitConverter.TryWriteBytes(address.Buffer.Span[4..], index);
            return address;
        }

        public override EndPoint Create(SocketAddress socketAddress) => this;
    }
}
