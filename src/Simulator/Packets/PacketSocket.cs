using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using NovaNetBus.Simulator.Namespaces;

namespace NovaNetBus.Simulator.Packets;

/// <summary>Sees and sends whole frames on one NIC of a namespace (packet(7)).</summary>
internal sealed class PacketSocket : IDisposable
{
    private const int AllProtocols = 0x0003;
    private const int FamilyPacket = 17;
    private readonly Socket _socket;

    private PacketSocket(Socket socket) => _socket = socket;

    public static PacketSocket Open(string name, string nic)
    {
        var (socket, index) = NetworkNamespace.PacketSocket(name, nic);
        socket.Bind(new LinkEndPoint(index));
        return new PacketSocket(socket);
    }

    public void Send(ReadOnlySpan<byte> frame) => _socket.Send(frame);

    /// <returns>The number of frames that match, of those that come until the time is up or <paramref name="enough"/> have come.</returns>
    public async Task<int> CountAsync(Func<byte[], bool> matches, int enough, TimeSpan bound, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        end.CancelAfter(bound);
        var (count, buffer) = (0, new byte[65536]);
        try
        {
            while (count < enough)
            {
                var length = await _socket.ReceiveAsync(buffer, end.Token);
                count += matches(buffer[..length]) ? 1 : 0;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The time is up.
        }

        return count;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>struct sockaddr_ll with nothing but the interface and all protocols.</summary>
    private sealed class LinkEndPoint(int index) : EndPoint
    {
        private const int Length = 20;

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, Length);
            var bytes = address.Buffer.Span;
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, FamilyPacket);
            BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], AllProtocols);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], index);
            return address;
        }
    }
}
