using System.Buffers.Binary;
using System.Text;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.NetworkWorker.Kernel.Netlink;

/// <summary>One netlink message while it is written: header, fixed part, attributes. Netlink numbers are in the machine's byte order.</summary>
internal sealed class NetlinkRequest
{
    public const int HeaderSize = 16;

    private byte[] buffer = new byte[256];
    private int length = HeaderSize;

    public NetlinkRequest(ushort type, ushort flags, ReadOnlySpan<byte> fixedPart)
    {
        BitConverter.TryWriteBytes(buffer.AsSpan(4), type);
        BitConverter.TryWriteBytes(buffer.AsSpan(6), flags);
        fixedPart.CopyTo(Grow(fixedPart.Length));
    }

    public NetlinkRequest With(ushort attribute, ReadOnlySpan<byte> value)
    {
        var target = Grow(4 + value.Length);
        BitConverter.TryWriteBytes(target, (ushort)(4 + value.Length));
        BitConverter.TryWriteBytes(target[2..], attribute);
        value.CopyTo(target[4..]);
        return this;
    }

    public NetlinkRequest With(ushort attribute, uint value) => With(attribute, BitConverter.GetBytes(value));

    public NetlinkRequest With(ushort attribute, string value) => With(attribute, [.. Encoding.UTF8.GetBytes(value), 0]);

    /// <summary>An attribute that holds attributes.</summary>
    public NetlinkRequest Nested(ushort attribute, Action<NetlinkRequest> inner)
    {
        var start = length;
        With(attribute, []);
        inner(this);
        BitConverter.TryWriteBytes(buffer.AsSpan(start), (ushort)(length - start));
        return this;
    }

    /// <summary>The message with its length and number filled in.</summary>
    public ReadOnlySpan<byte> Finish(uint sequence)
    {
        BitConverter.TryWriteBytes(buffer, length);
        BitConverter.TryWriteBytes(buffer.AsSpan(8), sequence);
        return buffer.AsSpan(0, length);
    }

    /// <summary>An IPv4 address as it travels: network order.</summary>
    public static byte[] Address(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>The same of IPv6.</summary>
    public static byte[] Address(Ipv6 address)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address.Value);
        return bytes;
    }

    private Span<byte> Grow(int count)
    {
        var start = length;
        length += (count + 3) & ~3;
        if (length > buffer.Length)
        {
            Array.Resize(ref buffer, length * 2);
        }

        return buffer.AsSpan(start, count);
    }
}
