using System.Globalization;
using System.Net;

namespace NovaNetBus.NetworkWorker.Kernel.Netlink;

/// <summary>A route by an interface, as <see cref="CarriedAddress"/>.</summary>
/// <param name="Message">Fixed part and attributes.</param>
internal sealed record CarriedRoute(byte[] Message)
{
    private const int FixedPart = 12;
    private const ushort Destination = 1, Interface = 4, Gateway = 5, Multipath = 9, CacheInfo = 12, Table = 15, Via = 18, NextHop = 30;
    private const byte Unicast = 1, FromKernel = 2, FromAdvertisement = 9, FromDhcp = 16, LocalTable = 255;
    private const uint Cloned = 0x200, OnLink = 0x4;

    /// <summary>Null for one by several interfaces.</summary>
    public int? LinkIndex => (int?)Attributes.Number(Interface);

    /// <summary>Somebody made it: it does not follow from an address by itself.</summary>
    public bool IsMade => Message[7] == Unicast && Message[5] != FromKernel && TableNumber != LocalTable && (BitConverter.ToUInt32(Message.AsSpan(8)) & Cloned) == 0;

    /// <summary>Somebody gave it for a time, and would give it again.</summary>
    public bool IsDynamic => Message[5] is FromAdvertisement or FromDhcp;

    public bool IsDefault => Message[1] == 0 && Attributes.Bytes(Destination) is null;

    /// <summary>Needs another route, or an address, to be there before it.</summary>
    public bool HasGateway => Attributes.Bytes(Gateway) is not null || Attributes.Bytes(Via) is not null;

    /// <summary>It names next hops elsewhere in the kernel, and is not told as a whole by this message.</summary>
    public bool IsShared => Attributes.Bytes(NextHop) is not null;

    /// <summary>It goes by several interfaces, this one among them.</summary>
    public bool IsMultipathBy(int linkIndex)
    {
        var hops = Attributes.Bytes(Multipath) ?? default;
        while (hops.Length >= 8)
        {
            if (BitConverter.ToInt32(hops.Span[4..]) == linkIndex)
            {
                return true;
            }

            hops = hops[Math.Clamp((BitConverter.ToUInt16(hops.Span) + 3) & ~3, 8, hops.Length)..];
        }

        return false;
    }

    public override string ToString()
    {
        var target = IsDefault ? "default" : string.Create(CultureInfo.InvariantCulture, $"{new IPAddress((Attributes.Bytes(Destination) ?? default).Span)}/{Message[1]}");
        return Attributes.Bytes(Gateway) is { } gateway ? $"{target} via {new IPAddress(gateway.Span)}" : target;
    }

    /// <summary>A request about this route, by that interface.</summary>
    public NetlinkRequest By(int linkIndex, ushort type, ushort flags)
    {
        var part = Message[..FixedPart];
        BitConverter.TryWriteBytes(part.AsSpan(8), BitConverter.ToUInt32(Message.AsSpan(8)) & OnLink);
        var request = new NetlinkRequest(type, flags, part);
        foreach (var (attribute, value) in Attributes.All.Where(attribute => attribute.Type is not Interface and not CacheInfo))
        {
            request.With(attribute, value.Span);
        }

        return request.With(Interface, (uint)linkIndex);
    }

    private uint TableNumber => Attributes.Number(Table) ?? Message[4];

    private NetlinkAttributes Attributes => new(Message.AsMemory(FixedPart));
}
