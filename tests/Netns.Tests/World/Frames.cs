using System.Buffers.Binary;
using System.Text;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.NetworkWorker.Kernel.Netlink;

namespace NovaNetBus.Netns.Tests.World;

/// <summary>Ethernet frames as somebody honest or dishonest would send them, each with a text to know it by.</summary>
internal static class Frames
{
    public static readonly MacAddress Broadcast = new(0xffff_ffff_ffff);
    public const byte Icmpv6 = 58;
    public static readonly Ipv6 AllNodes = Domain.Addressing.Ipv6.Parse("ff02::1"), Unspecified = new(0);
    public static readonly Ipv4 None = new(0), Everybody = new(uint.MaxValue);

    public static byte[] Udp(MacAddress from, Ipv4 source, MacAddress to, Ipv4 target, string text, ushort sourcePort = 4000, ushort targetPort = 4001) =>
        [.. Mac(to), .. Mac(from), 8, 0, .. UdpPacket(source, target, sourcePort, targetPort, Encoding.ASCII.GetBytes(text))];

    public static byte[] ArpRequest(MacAddress from, MacAddress sender, Ipv4 senderAddress, Ipv4 target, string text) =>
        Arp(1, from, Broadcast, sender, senderAddress, new MacAddress(0), target, text);

    public static byte[] ArpReply(MacAddress from, MacAddress to, MacAddress sender, Ipv4 senderAddress, Ipv4 target, string text) =>
        Arp(2, from, to, sender, senderAddress, to, target, text);

    /// <summary>The part of an ARP answer that tells who has which address, as a captured frame shows it.</summary>
    public static string ArpAnswer(MacAddress sender, Ipv4 address) => Encoding.Latin1.GetString([0, 2, .. Mac(sender), .. Ip(address)]);

    /// <summary>What a DHCP server would say: from port 67, as a broadcast.</summary>
    public static byte[] DhcpOffer(MacAddress from, Ipv4 source, string text) => Udp(from, source, Broadcast, Everybody, text, 67, 68);

    public static byte[] DhcpDiscover(MacAddress from, string text) => Udp(from, None, Broadcast, Everybody, text, 68, 67);

    /// <summary>The same frame with an 802.1Q tag.</summary>
    public static byte[] Tagged(byte[] frame, ushort vlan) => [.. frame[..12], 0x81, 0, (byte)(vlan >> 8), (byte)vlan, .. frame[12..]];

    public static byte[] Ipv6(MacAddress from, MacAddress to, string text) => Ipv6(from, to, Domain.Addressing.Ipv6.Parse("fe80::1"), AllNodes, 59, Encoding.ASCII.GetBytes(text));

    /// <summary>A packet with this next header, such as <see cref="Icmpv6"/>, and what follows it.</summary>
    public static byte[] Ipv6(MacAddress from, MacAddress to, Ipv6 source, Ipv6 target, byte next, byte[] payload, byte hops = 255) =>
        [.. Mac(to), .. Mac(from), 0x86, 0xdd, 0x60, 0, 0, 0, 0, (byte)payload.Length, next, hops, .. NetlinkRequest.Address(source), .. NetlinkRequest.Address(target), .. payload];

    public static byte[] Udp6(MacAddress from, Ipv6 source, MacAddress to, Ipv6 target, string text, ushort sourcePort = 4000, ushort targetPort = 4001) =>
        Ipv6(from, to, source, target, 17, [.. Port(sourcePort), .. Port(targetPort), 0, (byte)(8 + text.Length), 0, 0, .. Encoding.ASCII.GetBytes(text)]);

    /// <summary>A neighbour solicitation (135), advertisement (136) or another message that names an address.</summary>
    public static byte[] Neighbour(byte type, MacAddress from, Ipv6 source, Ipv6 target, string text) =>
        Ipv6(from, Broadcast, source, AllNodes, Icmpv6, NeighbourMessage(type, target, text));

    /// <summary>The same behind the header of a fragment, or all but its first bytes.</summary>
    public static byte[] Fragmented(byte type, MacAddress from, Ipv6 source, Ipv6 target, string text, int skipped = 0) => Ipv6(
        from, Broadcast, source, AllNodes, 44, [Icmpv6, 0, (byte)(skipped >> 8), (byte)(skipped | 1), 0, 0, 0, 1, .. NeighbourMessage(type, target, text)[skipped..]]);

    private static byte[] Arp(byte operation, MacAddress from, MacAddress to, MacAddress sender, Ipv4 senderAddress, MacAddress target, Ipv4 targetAddress, string text) =>
    [
        .. Mac(to), .. Mac(from), 8, 6, 0, 1, 8, 0, 6, 4, 0, operation, .. Mac(sender), .. Ip(senderAddress), .. Mac(target), .. Ip(targetAddress),
        .. Encoding.ASCII.GetBytes(text.PadRight(18)),
    ];

    private static byte[] NeighbourMessage(byte type, Ipv6 target, string text) => [type, 0, 0, 0, 0, 0, 0, 0, .. NetlinkRequest.Address(target), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] UdpPacket(Ipv4 source, Ipv4 target, ushort sourcePort, ushort targetPort, byte[] payload)
    {
        var size = (byte)(28 + payload.Length);
        byte[] header = [0x45, 0, 0, size, 0, 1, 0, 0, 64, 17, 0, 0, .. Ip(source), .. Ip(target)];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Checksum(header));
        return [.. header, .. Port(sourcePort), .. Port(targetPort), 0, (byte)(8 + payload.Length), 0, 0, .. payload];
    }

    private static ushort Checksum(byte[] header)
    {
        uint sum = 0;
        for (var i = 0; i < header.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(i));
        }

        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~(sum + (sum >> 16));
    }

    private static byte[] Mac(MacAddress mac) => [.. Enumerable.Range(0, 6).Select(i => (byte)(mac.Value >> (40 - (8 * i))))];

    private static byte[] Ip(Ipv4 address) => [(byte)(address.Value >> 24), (byte)(address.Value >> 16), (byte)(address.Value >> 8), (byte)address.Value];

    private static byte[] Port(ushort port) => [(byte)(port >> 8), (byte)port];
}
