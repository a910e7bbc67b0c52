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
    public static void Announce(Link link, Ipv4 address, int times)
    {
        if (link.Mac is not { } mac || times == 0)
        {
            return;
        }

        using var socket = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)IPAddress.HostToNetworkOrder((short)ArpProtocol));
        var place = new LinkEndPoint(link.Index);
        for (var sent = 0; sent < times; sent++)
        {
            socket.SendTo(Frame(mac, address), place);
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
