using System.Net;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.NetworkWorker.Kernel.Netlink;

/// <summary>
/// Links and addresses, in process: about a millisecond for what a started <c>ip</c> takes ten for. Safe to repeat: what exists already
/// as asked, or is gone already, is no error. Everything else is a <see cref="NetlinkException"/>.
/// </summary>
internal sealed class Rtnetlink : IDisposable
{
    private const ushort NewLink = 16, DeleteLink = 17, GetLink = 18, NewAddress = 20, DeleteAddress = 21, GetAddress = 22, GetRoute = 26, NewNeighbour = 28, GetNeighbour = 30;
    private const ushort Request = 0x1, Acknowledge = 0x4, Exclusive = 0x200, Replace = 0x100, Create = 0x400, DumpAll = 0x300;
    private const ushort LinkAddressBytes = 1, LinkName = 3, LinkMtu = 4, LinkParent = 5, LinkMaster = 10, LinkInfo = 18, LinkAlias = 20, LinkExtendedMask = 29;
    private const ushort InfoKind = 1, InfoData = 2;
    private const ushort BridgeForwardDelay = 1, BridgeStp = 5, BridgeMulticastSnooping = 23;
    private const ushort VlanId = 1;
    private const ushort AddressAddress = 1, AddressLocal = 2, AddressBroadcast = 4, AddressProtocol = 11;
    private const ushort RouteDestination = 1, NeighbourMac = 2;
    private const uint Up = 0x1, SkipStatistics = 8;
    private const byte Ipv4Family = 2, Ipv6Family = 10, NoDuplicateDetection = 0x2, PermanentEntry = 0x80, ScopeLink = 253, ScopeGlobal = 0;
    private const int LongestWithBroadcast = 31;
    private static readonly Cidr LinkLocal = Cidr.Parse("169.254.0.0/16");

    private readonly NetlinkSocket socket = new();

    public void Dispose() => socket.Dispose();

    /// <summary>
    /// A bridge without spanning tree, forward delay or multicast snooping, marked as ours. One of that name that exists is left as it is, unless
    /// its MAC address, which nobody else gives, shows that we made it and were stopped before we could mark it.
    /// </summary>
    public void CreateBridge(string name, MacAddress mac, int mtu)
    {
        // Born with another MTU than wanted: only one that is changed afterwards stays when ports with a smaller one come.
        var request = new NetlinkRequest(NewLink, Request | Acknowledge | Create | Exclusive, LinkPart(0, 0, 0))
            .With(LinkName, name).With(LinkMtu, (uint)(mtu - 1)).With(LinkAddressBytes, MacBytes(mac))
            .Nested(LinkInfo, info => info.With(InfoKind, "bridge").Nested(InfoData, data => data
                .With(BridgeForwardDelay, 0u).With(BridgeStp, 0u).With(BridgeMulticastSnooping, [0])));
        try
        {
            socket.Run(request, $"create bridge {name}");
        }
        catch (NetlinkException e) when (e.Errno == NetlinkException.Exists && Links().FirstOrDefault(link => link.Name == name && link.IsBridge) is { } there)
        {
            if (there.Mac != mac)
            {
                return;
            }
        }

        MarkAsOurs(name);
        SetMtu(name, mtu);
    }

    /// <summary>
    /// A VLAN of the NIC with this index, marked as ours. Throws with <see cref="NetlinkException.Exists"/> when something has its name, and
    /// with <see cref="NetlinkException.NotSupported"/> when the kernel knows no VLANs.
    /// </summary>
    public void CreateVlan(string name, int parentIndex, int vlan, MacAddress mac)
    {
        var request = new NetlinkRequest(NewLink, Request | Acknowledge | Create | Exclusive, LinkPart(0, 0, 0))
            .With(LinkName, name).With(LinkParent, (uint)parentIndex).With(LinkAddressBytes, MacBytes(mac))
            .Nested(LinkInfo, info => info.With(InfoKind, "vlan").Nested(InfoData, data => data.With(VlanId, BitConverter.GetBytes((ushort)vlan))));
        socket.Run(request, $"create {name} for VLAN {vlan} of interface {parentIndex}");
        MarkAsOurs(name);
    }

    /// <summary>So that we may delete it.</summary>
    public void MarkAsOurs(string name) => Change(name, $"mark {name} as ours", request => request.With(LinkAlias, Link.OurAlias));

    public void SetUp(string name) => socket.Run(
        new NetlinkRequest(NewLink, Request | Acknowledge, LinkPart(0, Up, Up)).With(LinkName, name), $"switch {name} on");

    public void SetMtu(string name, int mtu) => Change(name, $"set the MTU of {name} to {mtu}", request => request.With(LinkMtu, (uint)mtu));

    public void SetMac(string name, MacAddress mac) =>
        Change(name, $"set the MAC address of {name} to {mac}", request => request.With(LinkAddressBytes, MacBytes(mac)));

    /// <summary>Makes an interface a port of the bridge with this index; 0: of none.</summary>
    public void SetMaster(string name, int bridgeIndex) => Change(
        name, bridgeIndex == 0 ? $"take {name} off its bridge" : $"make {name} a port of bridge {bridgeIndex}", request => request.With(LinkMaster, (uint)bridgeIndex));

    /// <summary>The bridge with this index takes frames to this MAC address for itself, beside those to its own.</summary>
    public void AddLocalMac(int bridgeIndex, MacAddress mac) => Unless(
        NetlinkException.Exists,
        new NetlinkRequest(NewNeighbour, Request | Acknowledge | Create | Exclusive, BridgeEntryPart(bridgeIndex, PermanentEntry)).With(NeighbourMac, MacBytes(mac)),
        $"have bridge {bridgeIndex} take frames to {mac}");

    /// <summary>True for its own MAC address, and for those of <see cref="AddLocalMac"/>.</summary>
    public bool HasLocalMac(int bridgeIndex, MacAddress mac)
    {
        try
        {
            socket.Get(new NetlinkRequest(GetNeighbour, Request, BridgeEntryPart(bridgeIndex, 0)).With(NeighbourMac, MacBytes(mac)), $"find {mac} on bridge {bridgeIndex}");
            return true;
        }
        catch (NetlinkException e) when (e.Errno == NetlinkException.NoEntry)
        {
            return false;
        }
    }

    public void Delete(string name) => Unless(
        NetlinkException.NoDevice, new NetlinkRequest(DeleteLink, Request | Acknowledge, LinkPart(0, 0, 0)).With(LinkName, name), $"delete {name}");

    /// <summary>
    /// Adds an IPv4 address with its broadcast address, where it has one. A link-local one (RFC 3927) is never the source of what goes further.
    /// </summary>
    public void AddAddress(int linkIndex, Ipv4 address, int prefixLength)
    {
        var bytes = NetlinkRequest.Address(address.Value);
        var part = AddressPart(linkIndex, prefixLength, LinkLocal.Contains(address) ? ScopeLink : ScopeGlobal);
        var request = new NetlinkRequest(NewAddress, Request | Acknowledge | Create | Replace, part).With(AddressLocal, bytes).With(AddressAddress, bytes);
        if (prefixLength < LongestWithBroadcast)
        {
            request.With(AddressBroadcast, NetlinkRequest.Address(new Cidr(address, prefixLength).Broadcast.Value));
        }

        Unless(NetlinkException.Exists, request, $"add address {address}/{prefixLength} to interface {linkIndex}");
    }

    /// <summary>Adds an IPv6 address, which is good at once: nobody is asked whether he has it.</summary>
    public void AddAddress(int linkIndex, Ipv6 address, int prefixLength) => Unless(
        NetlinkException.Exists,
        new NetlinkRequest(NewAddress, Request | Acknowledge | Create | Exclusive, AddressPart(linkIndex, prefixLength, address)).With(AddressLocal, NetlinkRequest.Address(address)),
        $"add address {address}/{prefixLength} to interface {linkIndex}");

    public void RemoveAddress(int linkIndex, Ipv6 address, int prefixLength) => Unless(
        NetlinkException.AddressNotAvailable,
        new NetlinkRequest(DeleteAddress, Request | Acknowledge, AddressPart(linkIndex, prefixLength, address)).With(AddressLocal, NetlinkRequest.Address(address)),
        $"delete address {address}/{prefixLength} of interface {linkIndex}");

    /// <summary>Adds an IPv4 address alone, as a /32, with our mark. False: the interface has it already.</summary>
    public bool AddFloatingAddress(int linkIndex, Ipv4 address)
    {
        var bytes = NetlinkRequest.Address(address.Value);
        var request = new NetlinkRequest(NewAddress, Request | Acknowledge | Create | Exclusive, AddressPart(linkIndex, 32))
            .With(AddressLocal, bytes).With(AddressAddress, bytes).With(AddressProtocol, [LinkAddress.OurProtocol]);
        return Unless(NetlinkException.Exists, request, $"add address {address}/32 to interface {linkIndex}");
    }

    public void RemoveAddress(int linkIndex, Ipv4 address, int prefixLength)
    {
        // With the local address alone the kernel does not look at the prefix, and takes whichever it finds first.
        var bytes = NetlinkRequest.Address(address.Value);
        var request = new NetlinkRequest(DeleteAddress, Request | Acknowledge, AddressPart(linkIndex, prefixLength)).With(AddressLocal, bytes).With(AddressAddress, bytes);
        Unless(NetlinkException.AddressNotAvailable, request, $"delete address {address}/{prefixLength} of interface {linkIndex}");
    }

    public IReadOnlyList<Link> Links() =>
        [.. socket.Dump(new NetlinkRequest(GetLink, Request | DumpAll, LinkPart(0, 0, 0)).With(LinkExtendedMask, SkipStatistics), "list the interfaces").Select(ReadLink)];

    /// <summary>The interface of that name. Throws when there is none.</summary>
    public Link Find(string name) => TryFind(name) ?? throw new InvalidOperationException($"this host has no interface {name}");

    /// <summary>The interface of that name, or null. What it costs does not depend on how many there are.</summary>
    public Link? TryFind(string name)
    {
        try
        {
            return ReadLink(socket.Get(new NetlinkRequest(GetLink, Request, LinkPart(0, 0, 0)).With(LinkName, name).With(LinkExtendedMask, SkipStatistics), $"find interface {name}"));
        }
        catch (NetlinkException e) when (e.Errno == NetlinkException.NoDevice)
        {
            return null;
        }
    }

    /// <summary>True when this host answers for the address. What it costs does not depend on how many it has.</summary>
    public bool IsLocal(Ipv4 address)
    {
        const byte Local = 2;
        try
        {
            var route = new NetlinkRequest(GetRoute, Request, [Ipv4Family, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).With(RouteDestination, NetlinkRequest.Address(address.Value));
            return socket.Get(route, $"find the way to {address}").Span[7] == Local;
        }
        catch (NetlinkException e) when (e.Errno is NetlinkException.NetworkUnreachable or NetlinkException.HostUnreachable)
        {
            return false;
        }
    }

    public IReadOnlyList<LinkAddress> Addresses() =>
        [.. socket.Dump(new NetlinkRequest(GetAddress, Request | DumpAll, new byte[8]), "list the addresses").Select(ReadAddress).OfType<LinkAddress>()];

    private void Change(string name, string what, Func<NetlinkRequest, NetlinkRequest> attributes) =>
        socket.Run(attributes(new NetlinkRequest(NewLink, Request | Acknowledge, LinkPart(0, 0, 0)).With(LinkName, name)), what);

    /// <summary>False: it was so already.</summary>
    private bool Unless(int harmless, NetlinkRequest request, string what)
    {
        try
        {
            socket.Run(request, what);
            return true;
        }
        catch (NetlinkException e) when (e.Errno == harmless)
        {
            return false;
        }
    }

    private static byte[] LinkPart(int index, uint flags, uint changed)
    {
        var part = new byte[16];
        BitConverter.TryWriteBytes(part.AsSpan(4), index);
        BitConverter.TryWriteBytes(part.AsSpan(8), flags);
        BitConverter.TryWriteBytes(part.AsSpan(12), changed);
        return part;
    }

    private static byte[] BridgeEntryPart(int bridgeIndex, byte state)
    {
        const byte bridgeFamily = 7, ofItself = 2;
        var part = new byte[12];
        BitConverter.TryWriteBytes(part.AsSpan(4), bridgeIndex);
        (part[0], part[8], part[10]) = (bridgeFamily, state, ofItself);
        return part;
    }

    private static byte[] AddressPart(int linkIndex, int prefixLength, byte scope = ScopeGlobal)
    {
        var part = new byte[8];
        (part[0], part[1], part[3]) = (Ipv4Family, (byte)prefixLength, scope);
        BitConverter.TryWriteBytes(part.AsSpan(4), linkIndex);
        return part;
    }

    private static byte[] AddressPart(int linkIndex, int prefixLength, Ipv6 address)
    {
        var part = AddressPart(linkIndex, prefixLength, Ipv6Cidr.LinkLocal.Contains(address) ? ScopeLink : ScopeGlobal);
        (part[0], part[2]) = (Ipv6Family, NoDuplicateDetection);
        return part;
    }

    private static byte[] MacBytes(MacAddress mac) => [.. Enumerable.Range(0, 6).Select(i => (byte)(mac.Value >> (40 - (8 * i))))];

    private static Link ReadLink(ReadOnlyMemory<byte> message)
    {
        var attributes = new NetlinkAttributes(message[16..]);
        MacAddress? mac = attributes.Bytes(LinkAddressBytes) is { Length: 6 } bytes
            ? new MacAddress(bytes.ToArray().Aggregate(0ul, (value, part) => (value << 8) | part))
            : null;
        var info = attributes.Nested(LinkInfo);
        var vlan = info.Text(InfoKind) == "vlan" && info.Nested(InfoData).Bytes(VlanId) is { Length: 2 } id ? BitConverter.ToUInt16(id.Span) : (int?)null;
        return new Link(
            BitConverter.ToInt32(message.Span[4..]),
            attributes.Text(LinkName) ?? "",
            info.Text(InfoKind),
            (int?)attributes.Number(LinkMaster),
            mac,
            (int)(attributes.Number(LinkMtu) ?? 0),
            (BitConverter.ToUInt32(message.Span[8..]) & Up) != 0,
            attributes.Text(LinkAlias))
        {
            Vlan = vlan,
            Parent = vlan is null ? null : (int?)attributes.Number(LinkParent),
        };
    }

    private static LinkAddress? ReadAddress(ReadOnlyMemory<byte> message)
    {
        var attributes = new NetlinkAttributes(message[8..]);
        var bytes = attributes.Bytes(AddressLocal) ?? attributes.Bytes(AddressAddress);
        return bytes is { Length: 4 or 16 } address
            ? new LinkAddress(
                BitConverter.ToInt32(message.Span[4..]), new IPAddress(address.Span), message.Span[1],
                attributes.Bytes(AddressProtocol) is { Length: 1 } protocol && protocol.Span[0] == LinkAddress.OurProtocol)
            : null;
    }
}
