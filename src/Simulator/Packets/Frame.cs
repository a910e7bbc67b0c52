using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;

namespace NovaNetBus.Simulator.Packets;

/// <summary>One end of a frame: what it says it is, which need not be true.</summary>
internal sealed record Sender(PhysicalAddress Mac, IPAddress Ip);

/// <summary>Ethernet frames, byte by byte, as an honest or a lying VM would send them.</summary>
internal static class Frame
{
    public static readonly PhysicalAddress Broadcast = new([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);

    private const int EthernetLength = 14;
    private const int IpLength = 20;
    private const int UdpLength = 8;
    private const ushort TypeIp = 0x0800;
    private const ushort TypeArp = 0x0806;
    private const ushort TypeVlan = 0x8100;
    private const int DhcpFixedLength = 236;
    private const uint DhcpCookie = 0x63825363;

    public static byte[] Udp(Sender from, Sender to, ushort sourcePort, ushort destinationPort, ReadOnlySpan<byte> data)
    {
        var frame = new byte[EthernetLength + IpLength + UdpLength + data.Length];
        Ethernet(frame, from.Mac, to.Mac, TypeIp);
        var ip = frame.AsSpan(EthernetLength);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        ip[8] = 64;
        ip[9] = 17;
        from.Ip.TryWriteBytes(ip[12..], out _);
        to.Ip.TryWriteBytes(ip[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip[..IpLength]));
        var udp = ip[IpLength..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], destinationPort);
        // A UDP checksum of 0 says that there is none (RFC 768).
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        data.CopyTo(udp[UdpLength..]);
        return frame;
    }

    /// <summary>"<paramref name="from"/>'s address is at <paramref name="from"/>'s MAC", told to one machine.</summary>
    public static byte[] ArpReply(Sender from, Sender to)
    {
        var frame = new byte[EthernetLength + 28];
        Ethernet(frame, from.Mac, to.Mac, TypeArp);
        var arp = frame.AsSpan(EthernetLength);
        new byte[] { 0, 1, 8, 0, 6, 4, 0, 2 }.CopyTo(arp);
        from.Mac.GetAddressBytes().CopyTo(arp[8..]);
        from.Ip.TryWriteBytes(arp[14..], out _);
        to.Mac.GetAddressBytes().CopyTo(arp[18..]);
        to.Ip.TryWriteBytes(arp[24..], out _);
        return frame;
    }

    /// <summary>A DHCPOFFER to everybody, from a machine that is no DHCP server.</summary>
    public static byte[] DhcpOffer(Sender from, IPAddress offered)
    {
        var data = new byte[DhcpFixedLength + 4 + 3 + 6 + 1];
        new byte[] { 2, 1, 6, 0 }.CopyTo(data, 0);
        offered.TryWriteBytes(data.AsSpan(16), out _);
        var options = data.AsSpan(DhcpFixedLength);
        BinaryPrimitives.WriteUInt32BigEndian(options, DhcpCookie);
        new byte[] { 53, 1, 2, 54, 4 }.CopyTo(options[4..]);
        from.Ip.TryWriteBytes(options[9..], out _);
        options[13] = 0xff;
        return Udp(from, new Sender(Broadcast, IPAddress.Broadcast), 67, 68, data);
    }

    /// <summary>The same frame with an 802.1Q tag.</summary>
    public static byte[] Tagged(byte[] frame, ushort vlan)
    {
        var tagged = new byte[frame.Length + 4];
        frame.AsSpan(0, 12).CopyTo(tagged);
        BinaryPrimitives.WriteUInt16BigEndian(tagged.AsSpan(12), TypeVlan);
        BinaryPrimitives.WriteUInt16BigEndian(tagged.AsSpan(14), vlan);
        frame.AsSpan(12).CopyTo(tagged.AsSpan(16));
        return tagged;
    }

    private static void Ethernet(Span<byte> frame, PhysicalAddress from, PhysicalAddress to, ushort type)
    {
        to.GetAddressBytes().CopyTo(frame);
        from.GetAddressBytes().CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], type);
    }

    // RFC 1071.
    private static ushort Checksum(ReadOnlySpan<byte> header)
    {
        uint sum = 0;
        for (var i = 0; i < header.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        }

        while (sum > 0xffff)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
