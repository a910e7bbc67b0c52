using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.NetworkWorker.Kernel.Netlink;

/// <summary>A network interface, as the kernel has it.</summary>
/// <param name="Index">The kernel's number; a new one each time that an interface is made.</param>
/// <param name="Name">At most 15 characters.</param>
/// <param name="Kind">E.g. bridge or veth; null for a physical NIC.</param>
/// <param name="Master">Index of the bridge that it is a port of; null: none.</param>
/// <param name="Mac">Null when it has none of six bytes.</param>
/// <param name="Mtu">Bytes.</param>
/// <param name="IsUp">Switched on (the cable is another matter).</param>
/// <param name="Alias">Free text; ours is <see cref="OurAlias"/>.</param>
internal sealed record Link(int Index, string Name, string? Kind, int? Master, MacAddress? Mac, int Mtu, bool IsUp, string? Alias)
{
    /// <summary>Marks the interfaces that we made, and so may delete.</summary>
    public const string OurAlias = "novanetbus";

    public bool IsOurs => Alias == OurAlias;

    public bool IsBridge => Kind == "bridge";

    /// <summary>802.1Q id of a VLAN device; null: it is none.</summary>
    public int? Vlan { get; init; }

    /// <summary>Index of the NIC that a VLAN device belongs to; null: it is none.</summary>
    public int? Parent { get; init; }
}

/// <summary>An address of an interface, IPv4 or IPv6.</summary>
/// <param name="LinkIndex">Of the interface.</param>
/// <param name="Address">Four or sixteen bytes.</param>
/// <param name="PrefixLength">Bits.</param>
/// <param name="IsOurs">It carries <see cref="OurProtocol"/>. Kernels before 5.18 keep no such mark.</param>
internal sealed record LinkAddress(int LinkIndex, System.Net.IPAddress Address, int PrefixLength, bool IsOurs)
{
    /// <summary>Marks the floating addresses that we brought, and so may take away (the kernel's own origins are 1 to 3).</summary>
    public const byte OurProtocol = 0x6e;

    /// <summary>Null for IPv6.</summary>
    public Ipv4? Ipv4 => Domain.Addressing.Ipv4.TryParse(Address.ToString(), out var address) ? address : null;

    /// <summary>Null for IPv4.</summary>
    public Ipv6? Ipv6 => Domain.Addressing.Ipv6.TryParse(Address.ToString(), out var address) ? address : null;

    public override string ToString() => $"{Address}/{PrefixLength}";
}
