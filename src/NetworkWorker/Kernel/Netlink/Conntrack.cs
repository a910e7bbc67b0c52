using System.Buffers.Binary;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.NetworkWorker.Kernel.Netlink;

/// <summary>
/// Connections that the kernel of this network namespace remembers: they keep their translation until they are forgotten. In process; what
/// it costs is one walk over them, for however many addresses.
/// </summary>
internal sealed class Conntrack : IDisposable
{
    private const int NetfilterProtocol = 12;
    private const ushort Get = (1 << 8) | 1, Delete = (1 << 8) | 2; // of the subsystem "conntrack"
    private const ushort Request = 0x1, Acknowledge = 0x4, DumpAll = 0x300, Nested = 0x8000;
    private const ushort Original = 1, Id = 12, Zone = 18;
    private const ushort TupleAddresses = 1, TupleSource = 1, TupleDestination = 2;
    private const byte Ipv4Family = 2;
    private const int FixedPart = 4;

    private readonly NetlinkSocket socket = new(NetfilterProtocol);

    public void Dispose() => socket.Dispose();

    /// <summary>Forgets what came from one of these addresses, or was sent to one.</summary>
    public void Forget(IReadOnlySet<Ipv4> addresses)
    {
        var connections = socket.Dump(new NetlinkRequest(Get, Request | DumpAll, Family), "list the connections").Select(message => new NetlinkAttributes(message[FixedPart..]));
        foreach (var connection in connections.Where(connection => Touches(connection, addresses)))
        {
            var request = new NetlinkRequest(Delete, Request | Acknowledge, Family).With(Original | Nested, connection.Bytes(Original)!.Value.Span);
            foreach (var part in (ReadOnlySpan<ushort>)[Id, Zone])
            {
                if (connection.Bytes(part) is { } value)
                {
                    request.With(part, value.Span);
                }
            }

            Run(request);
        }
    }

    private static byte[] Family => [Ipv4Family, 0, 0, 0];

    private static bool Touches(NetlinkAttributes connection, IReadOnlySet<Ipv4> addresses)
    {
        var ends = connection.Nested(Original).Nested(TupleAddresses);
        return Of(ends.Bytes(TupleSource)) || Of(ends.Bytes(TupleDestination));

        bool Of(ReadOnlyMemory<byte>? bytes) => bytes is { Length: 4 } value && addresses.Contains(new Ipv4(BinaryPrimitives.ReadUInt32BigEndian(value.Span)));
    }

    private void Run(NetlinkRequest request)
    {
        try
        {
            socket.Run(request, "forget a connection");
        }
        catch (NetlinkException e) when (e.Errno == NetlinkException.NoEntry)
        {
            // It has ended meanwhile.
        }
    }
}
