using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.NetworkWorker.Kernel.Netlink;

namespace NovaNetBus.NetworkWorker.Kernel;

/// <summary>
/// Tells an interface's neighbours who has an address, so that they forget who had it: an answer that nobody asked for, of ARP (nova: send_arp_for_ip) or of
/// IPv6's neighbour discovery. Sent at once: a later one might tell of an address that has moved on by then.
/// </summary>
internal static class NeighbourNews
{
    private const ushort ArpProtocol = 0x0806;
    private const ulong Everybody = 0xffff_ffff_ffff, AllNodesMac = 0x3333_0000_0001;
    private static readonly Ipv6 allNodes = Ipv6.Parse("ff02::1");

    /// <summary>This many times. An interface without a MAC address has no neighbours.</summary>
    public static void Announce(Link link, Ipv4 address, int times) => Announce([(link, address)], [], times);

    /// <summary>
    /// As above, for several addresses, one right behind the other: what leaves by an address that has moved and comes back by one that has not yet is lost.
    /// </summary>
    public static void Announce(IEnumerable<(Link Link, Ipv4 Address)> addresses, IEnumerable<(Link Link, Ipv6 Address)> addresses6, int times)
    {
        var frames = addresses.Select(place => (place.Link, Frame: place.Link.Mac is { } mac ? ArpAnswer(mac, place.Address) : null))
            .Concat(addresses6.Select(place => (place.Link, Frame: place.Link.Mac is { } mac ? Advertisement(mac, place.Address) : null)))
            .Where(news => news.Frame is not null).Select(news => (To: new LinkEndPoint(news.Link.Index).Serialize(), Bytes: news.Frame!)).ToList();
        if (times == 0 || frames.Count == 0)
        {
            return;
        }

        using var socket = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)IPAddress.HostToNetworkOrder((short)ArpProtocol));
        for (var sent = 0; sent < times; sent++)
        {
            foreach (var (to, bytes) in frames)
            {
                socket.SendTo(bytes, SocketFlags.None, to);
            }
        }
    }

    private static byte[] ArpAnswer(MacAddress mac, Ipv4 address)
    {
        var (sender, everybody, ip) = (Bytes(mac.Value), Bytes(Everybody), NetlinkRequest.Address(address.Value));
        return [.. everybody, .. sender, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, .. sender, .. ip, .. everybody, .. ip];
    }

    /// <summary>RFC 4861: an unsolicited neighbour advertisement of a router, which overrides what was known.</summary>
    private static byte[] Advertisement(MacAddress mac, Ipv6 address)
    {
        const byte icmpv6 = 58, advertisement = 136, routerAndOverride = 0xa0, targetMac = 2;
        var (sender, ip) = (Bytes(mac.Value), NetlinkRequest.Address(address));
        byte[] message = [advertisement, 0, 0, 0, routerAndOverride, 0, 0, 0, .. ip, targetMac, 1, .. sender];
        byte[] ends = [.. ip, .. NetlinkRequest.Address(allNodes)];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum([.. ends, 0, 0, 0, (byte)message.Length, 0, 0, 0, icmpv6, .. message]));
        return [.. Bytes(AllNodesMac), .. sender, 0x86, 0xdd, 0x60, 0, 0, 0, 0, (byte)message.Length, icmpv6, 255, .. ends, .. message];
    }

    private static byte[] Bytes(ulong mac) => [.. Enumerable.Range(0, 6).Select(i => (byte)(mac >> (40 - (8 * i))))];

    private static ushort Checksum(ReadOnlySpan<byte> words)
    {
        uint sum = 0;
        for (var i = 0; i < words.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(words[i..]);
        }

        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~(sum + (sum >> 16));
    }

    /// <summary>A sockaddr_ll: .NET knows the family and not the address.</summary>
    private sealed class LinkEndPoint(int index) : EndPoint
    {
        private const int Size = 20;

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, Size);
            BitConverter.TryWriteBytes(address.Buffer.Span[2..], IPAddress.HostToNetworkOrder((short)ArpProtocol));
            BitConverter.TryWriteBytes(address.Buffer.Span[4..], index);
            return address;
        }
    }
}
