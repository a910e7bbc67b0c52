using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.Networks;

/// <summary>Which subnets a request gets. Codes: invalid-cidr, address-out-of-range, cidr-conflict, invalid-address, network-not-created.</summary>
/// <param name="V4">One for each network.</param>
/// <param name="V6">One for each network; empty: no IPv6.</param>
/// <param name="GatewayV6">The one asked for; null: the first address of each.</param>
internal sealed record SubnetChoice(IReadOnlyList<Cidr> V4, IReadOnlyList<Ipv6Cidr> V6, Ipv6? GatewayV6)
{
    /// <summary>All of them, or the first reason against it.</summary>
    public static Refusal? Make(CreateNetworks command, IReadOnlyCollection<Network> existing, out SubnetChoice choice)
    {
        IReadOnlyList<Ipv6Cidr> v6 = [];
        Ipv6? gatewayV6 = null;
        var refusal = CutV4(command, existing, out var v4) ?? CutV6(command, existing, out v6) ?? ReadGatewayV6(command, v6, out gatewayV6);
        choice = new SubnetChoice(v4, v6, gatewayV6);
        return refusal;
    }

    private static Refusal? CutV4(CreateNetworks command, IReadOnlyCollection<Network> existing, out IReadOnlyList<Cidr> subnets)
    {
        subnets = [];
        if (!Cidr.TryParse(command.Cidr, out var range) || range.PrefixLength is < 8 or > 30)
        {
            return new Refusal("invalid-cidr", $"'{command.Cidr}' is not an IPv4 range of /8 to /30, such as 10.0.0.0/24.");
        }

        if (!command.FixedRange.Contains(range))
        {
            return new Refusal("address-out-of-range", $"{range} is not inside fixed_range {command.FixedRange}.");
        }

        if (SubnetPlan.PrefixOf(range, command.Count, command.Size, command.DefaultSize, out var prefix) is { } refusal)
        {
            return refusal;
        }

        subnets = SubnetPlan.Cut(range, prefix, command.Count, existing.Select(network => network.Cidr));
        return subnets.Count == command.Count ? null : Conflict(command, range.ToString(), "/" + prefix, subnets.Count, existing.First(other => other.Cidr.Overlaps(range)));
    }

    private static Refusal? CutV6(CreateNetworks command, IReadOnlyCollection<Network> existing, out IReadOnlyList<Ipv6Cidr> subnets)
    {
        subnets = [];
        if (command.CidrV6 is not { } text)
        {
            return null;
        }

        if (!Ipv6Cidr.TryParse(text, out var range) || !SubnetPlan.CanBeCut(range))
        {
            return new Refusal("invalid-cidr", $"'{text}' is not an IPv6 range of /8 to /64, such as fd00::/48.");
        }

        subnets = SubnetPlan.Cut(range, command.Count, existing.Select(network => network.CidrV6).OfType<Ipv6Cidr>());
        if (subnets.Count == command.Count)
        {
            return null;
        }

        return existing.FirstOrDefault(network => network.CidrV6 is { } other && other.Overlaps(range)) is { } conflict
            ? Conflict(command, range.ToString(), "/64", subnets.Count, conflict)
            : new Refusal("invalid-cidr", $"{range} has room for only {subnets.Count} of {command.Count} networks of /64; take a larger range.");
    }

    private static Refusal? ReadGatewayV6(CreateNetworks command, IReadOnlyList<Ipv6Cidr> subnets, out Ipv6? gateway)
    {
        gateway = null;
        if (command.GatewayV6 is not { } text)
        {
            return null;
        }

        if (subnets.Count == 0 || !Ipv6.TryParse(text, out var read))
        {
            return subnets.Count == 0
                ? new Refusal("network-not-created", "gateway-v6 needs a fixed-range-v6.")
                : new Refusal("invalid-address", $"gateway-v6 '{text}' is not an IPv6 address.");
        }

        gateway = read;
        foreach (var subnet in subnets.Where(subnet => !subnet.Contains(read) || subnet.Network == read))
        {
            return new Refusal("address-out-of-range", $"gateway-v6 {read} is not a host address of {subnet}.");
        }

        return null;
    }

    private static Refusal Conflict(CreateNetworks command, string range, string prefix, int found, Network other) => new(
        "cidr-conflict",
        $"{range} has room for only {found} of {command.Count} network(s) of {prefix} beside the others, such as {other.Label} ({other.Cidr}); take another range, or fewer or smaller networks.");
}
