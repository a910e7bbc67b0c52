using System.Net;

namespace NovaNetBus.NetworkWorker.Kernel.Netlink;

/// <summary>
/// An address or a route of an interface, as the kernel's own message tells it: so it can be given to another interface with all that it has,
/// whether we know of it or not.
/// </summary>
/// <param name="Message">Fixed part and attributes.</param>
internal sealed record CarriedAddress(byte[] Message)
{
    private const int FixedPart = 8;
    private const ushort Address = 1, Local = 2, Label = 3, CacheInfo = 6, Flags = 8;
    private const uint NoDuplicateDetection = 0x2, Permanent = 0x80;
    private const byte Ipv6Family = 10, ScopeLink = 253;

    public int LinkIndex => BitConverter.ToInt32(Message.AsSpan(4));

    public bool IsIpv6 => Message[0] == Ipv6Family;

    /// <summary>Link-local or host-local: goes with the interface, and says nothing about who depends on it.</summary>
    public bool IsLocalScope => Message[3] >= ScopeLink;

    /// <summary>Somebody gave it for a time (DHCP, router advertisements), and would give it again.</summary>
    public bool IsDynamic => ((Attributes.Number(Flags) ?? Message[2]) & Permanent) == 0;

    public override string ToString() => $"{new IPAddress(LocalBytes.Span)}/{Message[1]}";

    /// <summary>The request that gives it to another interface, whose name takes the place of the previous one's in its label.</summary>
    public NetlinkRequest AddTo(int linkIndex, string previousName, string name, ushort type, ushort flags)
    {
        var request = new NetlinkRequest(type, flags, Fixed(linkIndex));
        foreach (var (attribute, value) in Attributes.All.Where(attribute => attribute.Type is not CacheInfo and not Flags and not Label))
        {
            request.With(attribute, value.Span);
        }

        if (Attributes.Text(Label) is { } label)
        {
            request.With(Label, label == previousName || label.StartsWith(previousName + ":", StringComparison.Ordinal) ? name + label[previousName.Length..] : label);
        }

        return request.With(Flags, (Attributes.Number(Flags) ?? 0) | (IsIpv6 ? NoDuplicateDetection : 0));
    }

    public NetlinkRequest RemoveFrom(int linkIndex, ushort type, ushort flags)
    {
        var request = new NetlinkRequest(type, flags, Fixed(linkIndex));
        foreach (var (attribute, value) in Attributes.All.Where(attribute => attribute.Type is Local or Address))
        {
            request.With(attribute, value.Span);
        }

        return request;
    }

    /// <summary>The same address with the same prefix, on whatever interface.</summary>
    public bool IsSameAs(CarriedAddress other) => Message[0] == other.Message[0] && ToString() == other.ToString();

    private NetlinkAttributes Attributes => new(Message.AsMemory(FixedPart));

    private ReadOnlyMemory<byte> LocalBytes => Attributes.Bytes(Local) ?? Attributes.Bytes(Address) ?? default;

    private byte[] Fixed(int linkIndex)
    {
        byte[] part = [Message[0], Message[1], 0, Message[3], 0, 0, 0, 0];
        BitConverter.TryWriteBytes(part.AsSpan(4), linkIndex);
        return part;
    }
}
