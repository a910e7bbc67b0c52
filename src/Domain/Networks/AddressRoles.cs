using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.Networks;

/// <summary>Who has which address of one network, and which are left to be given out (nova: _do_create_networks, _create_fixed_ips).</summary>
/// <param name="Gateway">The router of instances.</param>
/// <param name="DhcpServer">Often the same.</param>
/// <param name="Vpn">Of the project's VPN instance; null: a network without VLAN.</param>
/// <param name="DhcpStart">The first address that is given out.</param>
/// <param name="Assignable">The ends between which addresses are given out.</param>
internal sealed record AddressRoles(Ipv4 Gateway, Ipv4 DhcpServer, Ipv4? Vpn, Ipv4 DhcpStart, AddressRange Assignable)
{
    /// <summary>In one subnet of the request. Codes: invalid-address, invalid-cidr, address-out-of-range, network-not-created.</summary>
    public static Refusal? Assign(CreateNetworks command, Cidr cidr, out AddressRoles roles)
    {
        roles = null!;
        if (RangeOf(command, cidr, out var assignable, out var allowedStart) is { } badRange)
        {
            return badRange;
        }

        if (HostIn(cidr, "gateway", command.Gateway, allowedStart ?? cidr.Network + 1, out var gateway) is { } badGateway)
        {
            return badGateway;
        }

        if (HostIn(cidr, "dhcp-server", command.DhcpServer, gateway, out var server) is { } badServer)
        {
            return badServer;
        }

        Ipv4? vpn = command.Vlan is null ? null : FirstFrom(allowedStart ?? cidr.Network + 1, gateway, server);
        var start = FirstFrom(assignable.First, gateway, server, vpn);
        roles = new AddressRoles(gateway, server, vpn, start, assignable);
        return assignable.Contains(start) && (vpn is not { } address || cidr.Contains(address))
            ? null
            : new Refusal("network-not-created", $"{cidr} has no address left for an instance once all that is reserved is taken away; make it larger, or reserve less.");
    }

    /// <summary>
    /// What is reserved at the ends of the range is counted there, and fixed_cidr and the allowed addresses narrow what is left: the ends of
    /// fixed_cidr are addresses like others.
    /// </summary>
    private static Refusal? RangeOf(CreateNetworks command, Cidr cidr, out AddressRange assignable, out Ipv4? allowedStart)
    {
        // nova: the network's own, the first host's and in a VLAN the VPN's address; the broadcast address and in a VLAN those of VPN clients.
        var (bottom, top) = command.Vlan is { } vlan ? (3u, 1u + (uint)vlan.VpnClients) : (2u, 1u);
        assignable = default;
        allowedStart = null;
        Ipv4? allowedEnd = null;
        if (top >= cidr.Size)
        {
            return new Refusal("network-not-created", $"{cidr} has {cidr.Size} addresses, and {top} are reserved at its end; make it larger, or cnt_vpn_clients smaller.");
        }

        var fixedCidr = cidr;
        if (command.FixedCidr is { } narrow && (!Cidr.TryParse(narrow, out fixedCidr) || !cidr.Contains(fixedCidr)))
        {
            return Cidr.TryParse(narrow, out _)
                ? new Refusal("address-out-of-range", $"fixed-cidr {fixedCidr} is not inside {cidr}.")
                : new Refusal("invalid-cidr", $"fixed-cidr '{narrow}' is not an IPv4 range.");
        }

        if ((Allowed(cidr, "allowed-start", command.AllowedStart, out allowedStart) ?? Allowed(cidr, "allowed-end", command.AllowedEnd, out allowedEnd)) is { } bad)
        {
            return bad;
        }

        assignable = new AddressRange(allowedStart ?? cidr.Network + bottom, allowedEnd ?? new Ipv4(cidr.Broadcast.Value - top))
            .Intersect(new AddressRange(fixedCidr.Network, fixedCidr.Broadcast));
        return null;
    }

    private static Refusal? Allowed(Cidr cidr, string what, string? text, out Ipv4? address)
    {
        var refusal = HostIn(cidr, what, text, default, out var read);
        address = text is null ? null : read;
        return refusal;
    }

    private static Refusal? HostIn(Cidr cidr, string what, string? text, Ipv4 otherwise, out Ipv4 address)
    {
        address = otherwise;
        if (text is null)
        {
            return null;
        }

        if (!Ipv4.TryParse(text, out address))
        {
            return new Refusal("invalid-address", $"{what} '{text}' is not an IPv4 address.");
        }

        return address > cidr.Network && address < cidr.Broadcast
            ? null
            : new Refusal("address-out-of-range", $"{what} {address} is not a host address of {cidr}.");
    }

    private static Ipv4 FirstFrom(Ipv4 address, params ReadOnlySpan<Ipv4?> taken)
    {
        while (taken.Contains(address))
        {
            address += 1;
        }

        return address;
    }
}
