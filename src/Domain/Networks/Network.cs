using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.Networks;

/// <summary>A network that exists.</summary>
public sealed record Network
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name; up to 255 characters; need not be unique.</summary>
    public required string Label { get; init; }

    /// <summary>Its addresses; no other network has one of them.</summary>
    public required Cidr Cidr { get; init; }

    /// <summary>The router that instances are told; null: none.</summary>
    public required Ipv4? Gateway { get; init; }

    /// <summary>The shared DHCP server's address; with multi_host and no shared address each host has one of its own instead.</summary>
    public required Ipv4 DhcpServer { get; init; }

    /// <summary>The first address that may be given to an instance.</summary>
    public required Ipv4 DhcpStart { get; init; }

    /// <summary>
    /// The ends between which addresses are given out: what is reserved at both ends of the range, what lies outside fixed_cidr, below
    /// allowed_start or above allowed_end is not among them; gateway, DHCP server and VPN address may be.
    /// </summary>
    public required AddressRange Assignable { get; init; }

    /// <summary>At most 15 characters; <c>br</c> and the VLAN id, if it has one.</summary>
    public required string Bridge { get; init; }

    /// <summary>NIC to enslave, or parent of the VLAN device, where the worker's own option names none; null: none.</summary>
    public string? BridgeInterface { get; init; }

    /// <summary>802.1Q id, 1 to 4094, that no other network has; null: untagged, for all (flat managers).</summary>
    public int? Vlan { get; init; }

    /// <summary>The address of the project's VPN instance, which nothing else gets; only with <see cref="Vlan"/>.</summary>
    public Ipv4? VpnPrivateAddress { get; init; }

    /// <summary>Where the VPN instance is reached from outside; null: not known.</summary>
    public Ipv4? VpnPublicAddress { get; init; }

    /// <summary>UDP port of <see cref="VpnPublicAddress"/>, 1 to 65535, that no other network has; only with <see cref="Vlan"/>.</summary>
    public int? VpnPublicPort { get; init; }

    /// <summary>Its IPv6 range; null: none.</summary>
    public Ipv6Cidr? CidrV6 { get; init; }

    /// <summary>The IPv6 router that instances are told; null: none.</summary>
    public Ipv6? GatewayV6 { get; init; }

    /// <summary>The project that has it; null: none. With flat managers all may use it then, with VlanManager nobody until a project's first instance takes it.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Each host with instances is their gateway and DHCP server.</summary>
    public required bool MultiHost { get; init; }

    /// <summary>The host that serves it, when not each does; null: none yet.</summary>
    public string? Host { get; init; }

    /// <summary>Rises with each change of <see cref="Host"/>: what a host does for an earlier epoch comes to nothing.</summary>
    public long HostEpoch { get; init; }

    /// <summary>Where it is going while <see cref="Host"/> still serves it; null: it stays.</summary>
    public HostMove? Move { get; init; }

    /// <summary>Every host has the same gateway address.</summary>
    public required bool ShareAddress { get; init; }

    /// <summary>A dnsmasq serves it.</summary>
    public required bool EnableDhcp { get; init; }

    /// <summary>Bytes.</summary>
    public required int Mtu { get; init; }

    /// <summary>Servers that its instances are told.</summary>
    public required ValueList<Ipv4> Dns { get; init; }

    /// <summary>Instances that do not ask get networks with lower numbers first; null: after those that have one.</summary>
    public int? Priority { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>True when one host is gateway and DHCP server for all of its instances.</summary>
    public bool HasOneHost => !MultiHost;

    /// <summary>False for a VLAN's network that no project has: nothing is made for it anywhere yet.</summary>
    public bool IsInUse => Vlan is null || ProjectId is not null;

    /// <summary>The host that serves an instance of this one; null: none yet.</summary>
    public string? HostFor(string instanceHost) => MultiHost ? instanceHost : Host;

    /// <summary>Where its NICs hear each other, whichever hosts they are on: networks of one bridge share it. A MAC address is one NIC's there.</summary>
    public string Segment => Bridge;

    /// <summary>True when each host takes an address of its own from the network.</summary>
    public bool NeedsAddressPerHost => MultiHost && !ShareAddress;

    /// <summary>How many addresses are never given out, by arithmetic: nothing may cost what a large network is large.</summary>
    public long Reserved => Cidr.Size - Assignable.Size + RolesAmongAssignable;

    private int RolesAmongAssignable
    {
        get
        {
            var range = Assignable;
            return new[] { Gateway, DhcpServer, VpnPrivateAddress }.Distinct().Count(address => address is { } taken && range.Contains(taken));
        }
    }

    /// <summary>In order of creation, and those of one call in the order of their ranges.</summary>
    public static IEnumerable<Network> InOrder(IEnumerable<Network> networks) =>
        networks.OrderBy(network => network.CreatedAt).ThenBy(network => network.Cidr.Network);

    /// <summary>True for addresses that are never given out (nova: _create_fixed_ips).</summary>
    public bool IsReserved(Ipv4 address) =>
        !Assignable.Contains(address) || address == Gateway || address == DhcpServer || address == VpnPrivateAddress;

    /// <summary>The state after an event of this network's stream; null when it is deleted.</summary>
    public static Network? Evolve(Network? state, NetworkEvent change) => change switch
    {
        NetworkCreated created => created.Network,
        NetworkAssigned e => state! with { ProjectId = e.ProjectId },
        NetworkUnassigned => state! with { ProjectId = null },
        NetworkHostSet e => state! with { Host = e.Host, HostEpoch = state.HostEpoch + 1, Move = null },
        NetworkHostCleared => state! with { Host = null, HostEpoch = state.HostEpoch + 1, Move = null },
        NetworkHostMoving e => state! with { Move = e.To == e.From ? null : new HostMove(e.To, IsReady: e.To is null, e.Reason) },
        NetworkHostReady => state! with { Move = state.Move! with { IsReady = true } },
        NetworkVpnChanged e => state! with { VpnPublicAddress = e.PublicAddress, VpnPublicPort = e.PublicPort },
        NetworkDeleted => null,
        _ => throw new InvalidOperationException($"{change.GetType().Name} is not known"),
    };
}

/// <summary>A network on its way from one host to another.</summary>
/// <param name="To">Who is to serve it; null: nobody for now.</param>
/// <param name="IsReady">True when the present host may let go.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record HostMove(string? To, bool IsReady, string Reason);
