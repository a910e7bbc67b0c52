using System.Net;
using System.Net.Sockets;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.NetworkWorker.Kernel.Netlink;

namespace NovaNetBus.NetworkWorker.Kernel;

/// <summary>Tells an interface's neighbours who has an address, so that they forget who had it (nova: send_arp_for_ip).</summary>
internal static class GratuitousArp
{
    private const ushort ArpProtocol = 0x0806;

    /// <summary>
    /// Sends an answer that nobody asked for, this many times, at once: a later one might tell of an address that has moved on by then.
    /// An interface without a MAC address has no neighbours.
    /// </summary>
    public static void Announce(Link link, Ipv4 address, int times) => Announce([(link, address)], times);

    /// <summary>
    /// As above, for several addresses, one right behind the other: what leaves by an address that has moved and comes back by one that has not yet is lost.
    /// </summary>
    public static void Announce(IEnumerable<(Link Link, Ipv4 Address)> addresses, int times)
    {
        var frames = addresses.Where(place => place.Link.Mac is not null)
            .Select(place => (To: new LinkEndPoint(place.Link.Index).Serialize(), Bytes: Frame(place.Link.Mac!.Value, place.Address))).ToList();
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

    private static byte[] Frame(MacAddress mac, Ipv4 address)
    {
        byte[] sender = [.. Enumerable.Range(0, 6).Select(i => (byte)(mac.Value >> (40 - (8 * i))))];
        byte[] everybody = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        var ip = NetlinkRequest.Address(address.Value);
        return [.. everybody, .. sender, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, .. sender, .. ip, .. everybody, .. ip];
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
