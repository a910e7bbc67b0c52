using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.Networks;

/// <summary>A request to cut a range into networks. Names and meanings are those of <c>nova-manage network create</c>.</summary>
public sealed record CreateNetworks
{
    /// <summary>One call is one commit and one answer.</summary>
    public const int MostNetworks = 4096;

    /// <summary>Of the first network; those of further ones follow from it (<see cref="SeededId"/>).</summary>
    public required Guid Id { get; init; }

    /// <summary>1 to 255 characters, the <c>_0</c>, <c>_1</c> … of several networks included.</summary>
    public required string Label { get; init; }

    /// <summary>IPv4 range that is cut, /8 to /30; host bits are ignored.</summary>
    public required string Cidr { get; init; }

    /// <summary>All networks lie inside it (option fixed_range).</summary>
    public required Cidr FixedRange { get; init; }

    /// <summary>How many networks, 1 to <see cref="MostNetworks"/>.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Addresses of each, rounded up to a power of two; null: as many as <see cref="Count"/> networks share, but not more than <see cref="DefaultSize"/>.</summary>
    public int? Size { get; init; }

    /// <summary>Option network_size, rounded up to a power of two.</summary>
    public required int DefaultSize { get; init; }

    /// <summary>IPv6 range that is cut into networks of /64; null: none.</summary>
    public string? CidrV6 { get; init; }

    /// <summary>Null: the first address of each network.</summary>
    public string? Gateway { get; init; }

    /// <summary>Null: the first address of each IPv6 network.</summary>
    public string? GatewayV6 { get; init; }

    /// <summary>Null: the gateway.</summary>
    public string? DhcpServer { get; init; }

    /// <summary>Only addresses inside it are given out; null: of the whole network.</summary>
    public string? FixedCidr { get; init; }

    /// <summary>The first address that is given out, or the gateway when none is named (as nova); null: what is reserved at the beginning ends before it.</summary>
    public string? AllowedStart { get; init; }

    /// <summary>The last address that is given out; null: what is reserved at the end begins after it.</summary>
    public string? AllowedEnd { get; init; }

    /// <summary>1 to 15 characters of letters, digits, dot, dash, underscore; a letter or digit first; not "all" or "default". A VLAN's bridge is <c>br</c> and its id instead.</summary>
    public required string Bridge { get; init; }

    /// <summary>As <see cref="Bridge"/>; null: none. A VLAN needs one.</summary>
    public string? BridgeInterface { get; init; }

    /// <summary>Null: networks without VLAN.</summary>
    public VlanWish? Vlan { get; init; }

    /// <summary>DNS servers for instances.</summary>
    public ValueList<string> Dns { get; init; }

    /// <summary>Null: none.</summary>
    public string? ProjectId { get; init; }

    /// <summary>See <see cref="Network"/>.</summary>
    public required bool MultiHost { get; init; }

    /// <summary>See <see cref="Network"/>.</summary>
    public required bool ShareAddress { get; init; }

    /// <summary>See <see cref="Network"/>.</summary>
    public required bool EnableDhcp { get; init; }

    /// <summary>68 to 65535 bytes.</summary>
    public required int Mtu { get; init; }

    /// <summary>See <see cref="Network"/>.</summary>
    public int? Priority { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The ids of all networks of the request, in their order.</summary>
    public IEnumerable<Guid> Ids => Enumerable.Range(0, Math.Clamp(Count, 0, MostNetworks)).Select(place => SeededId.At(Id, place));
}

/// <summary>What networks with VLANs get beyond the others.</summary>
/// <param name="Id">The VLAN id of the one network; null: the first ids that are free, from <paramref name="Start"/> on.</param>
/// <param name="Start">Option or argument vlan_start.</param>
/// <param name="VpnAddress">Option vpn_ip; null: not known.</param>
/// <param name="VpnStart">The first port of <paramref name="VpnAddress"/> that is tried (vpn_start).</param>
/// <param name="VpnClients">How many more addresses are reserved at the end (cnt_vpn_clients).</param>
public sealed record VlanWish(int? Id, int Start, Ipv4? VpnAddress, int VpnStart, int VpnClients);
