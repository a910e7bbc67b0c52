using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.Networks;

/// <summary>A network as it was created.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Label">Its name; up to 255 characters; need not be unique.</param>
/// <param name="Cidr">Its addresses.</param>
/// <param name="Gateway">The router that instances are told; null: none.</param>
/// <param name="DhcpServer">The shared DHCP server's address; with multi_host and no shared address each host has one of its own instead.</param>
/// <param name="DhcpStart">The first address that may be given to an instance.</param>
/// <param name="Bridge">At most 15 characters.</param>
/// <param name="BridgeInterface">NIC to enslave where the worker's own option names none; null: none.</param>
/// <param name="ProjectId">The project that owns it; null: all may use it.</param>
/// <param name="MultiHost">Each host with instances is their gateway and DHCP server.</param>
/// <param name="ShareAddress">Every host has the same gateway address.</param>
/// <param name="EnableDhcp">A dnsmasq serves it.</param>
/// <param name="Mtu">Bytes.</param>
/// <param name="Dns">Servers that its instances are told.</param>
/// <param name="CreatedAt">UTC; networks are given to instances in this order.</param>
public sealed record Network(
    Guid Id,
    string Label,
    Cidr Cidr,
    Ipv4? Gateway,
    Ipv4 DhcpServer,
    Ipv4 DhcpStart,
    string Bridge,
    string? BridgeInterface,
    string? ProjectId,
    bool MultiHost,
    bool ShareAddress,
    bool EnableDhcp,
    int Mtu,
    ValueList<Ipv4> Dns,
    DateTimeOffset CreatedAt)
{
    /// <summary>True when each host takes an address of its own from the network.</summary>
    public bool NeedsAddressPerHost => MultiHost && !ShareAddress;

    /// <summary>The DNS servers that its instances are told: its own, else these of the host.</summary>
    public ValueList<Ipv4> DnsOr(ValueList<Ipv4> ofHost) => Dns.Count > 0 ? Dns : ofHost;

    /// <summary>
    /// True for addresses that are never given out: those below <see cref="DhcpStart"/>, the last one, gateway and DHCP server
    /// (nova: _create_fixed_ips).
    /// </summary>
    public bool IsReserved(Ipv4 address) =>
        address < DhcpStart || address >= Cidr.Broadcast || address == Gateway || address == DhcpServer;

    /// <summary>The state after an event of this network's stream; null when it is deleted.</summary>
    public static Network? Evolve(Network? state, NetworkEvent change) => change switch
    {
        NetworkCreated created => created.Network,
        NetworkDeleted => null,
        _ => state,
    };
}

/// <summary>What can happen to a network.</summary>
public abstract record NetworkEvent;

/// <summary>It was created.</summary>
public sealed record NetworkCreated(Network Network) : NetworkEvent;

/// <summary>It was deleted.</summary>
public sealed record NetworkDeleted(Guid NetworkId, DateTimeOffset At) : NetworkEvent;
