using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.Networks;

/// <summary>A request for one network of a whole range.</summary>
/// <param name="Id">The new network's id.</param>
/// <param name="Label">1 to 255 characters.</param>
/// <param name="Cidr">IPv4 range; host bits are ignored.</param>
/// <param name="FixedRange">All networks lie inside it (option fixed_range).</param>
/// <param name="Bridge">1 to 15 characters of letters, digits, dot, dash, underscore; a letter or digit first; not "all" or "default".</param>
/// <param name="BridgeInterface">As <paramref name="Bridge"/>; null: none.</param>
/// <param name="Gateway">Null: the first address.</param>
/// <param name="DhcpServer">Null: the gateway.</param>
/// <param name="Dns">DNS servers for instances.</param>
/// <param name="ProjectId">Null: all may use it.</param>
/// <param name="MultiHost">See <see cref="Network"/>.</param>
/// <param name="ShareAddress">See <see cref="Network"/>.</param>
/// <param name="EnableDhcp">See <see cref="Network"/>.</param>
/// <param name="Mtu">68 to 65535.</param>
/// <param name="Now">UTC.</param>
public sealed record CreateNetwork(
    Guid Id, string Label, string Cidr, Cidr FixedRange, string Bridge, string? BridgeInterface, string? Gateway, string? DhcpServer,
    ValueList<string> Dns, string? ProjectId, bool MultiHost, bool ShareAddress, bool EnableDhcp, int Mtu, DateTimeOffset Now);

/// <summary>Which networks may be created and deleted.</summary>
public static class NetworkDecisions
{
    private const int LongestInterfaceName = 15;

    /// <summary>One network, or the first reason against it. Codes: network-not-created, label-too-long, invalid-cidr, invalid-address, address-out-of-range, cidr-conflict.</summary>
    public static Decision<NetworkEvent> Create(CreateNetwork command, IReadOnlyCollection<Network> existing)
    {
        if (!Cidr.TryParse(command.Cidr, out var cidr) || cidr.PrefixLength is < 8 or > 29)
        {
            return new Refusal("invalid-cidr", $"'{command.Cidr}' is not an IPv4 range of /8 to /29, such as 10.0.0.0/24.");
        }

        return NameFault(command) ?? RangeFault(command, cidr, existing) ?? BridgeFault(command, existing) ?? AddressFault(command, cidr, out var network) ?? (Decision<NetworkEvent>)
            ValueList.Of<NetworkEvent>([new NetworkCreated(network)]);
    }

    /// <summary>Refused with network-in-use while an instance holds one of its addresses; deallocated ones count until they are released.</summary>
    public static Decision<NetworkEvent> Delete(Network network, long addressesOfInstances, DateTimeOffset now) =>
        addressesOfInstances > 0
            ? new Refusal("network-in-use", $"Network {network.Label} ({network.Id}) has {addressesOfInstances} address(es) in use; delete those instances first.")
            : ValueList.Of<NetworkEvent>([new NetworkDeleted(network.Id, now)]);

    /// <summary>True for what the kernel takes as an interface's name and no file or rule can misread.</summary>
    public static bool IsInterfaceName(string name) =>
        name.Length is > 0 and <= LongestInterfaceName && name is not ("all" or "default") && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private static Refusal? NameFault(CreateNetwork command) => command switch
    {
        { Label: "" } => new Refusal("network-not-created", "A network needs a label."),
        { Label.Length: > 255 } => new Refusal("label-too-long", "A label has at most 255 characters."),
        { Mtu: < 68 or > 65535 } => new Refusal("network-not-created", $"MTU {command.Mtu} is not in 68 to 65535."),
        _ when !IsInterfaceName(command.Bridge) =>
            new Refusal("network-not-created", $"'{command.Bridge}' cannot be a bridge's name: 1 to 15 letters, digits, dots, dashes, underscores, a letter or digit first."),
        { BridgeInterface: { } nic } when !IsInterfaceName(nic) =>
            new Refusal("network-not-created", $"'{nic}' cannot be an interface's name: 1 to 15 letters, digits, dots, dashes, underscores, a letter or digit first."),
        _ => null,
    };

    private static Refusal? RangeFault(CreateNetwork command, Cidr cidr, IReadOnlyCollection<Network> existing) =>
        !command.FixedRange.Contains(cidr)
            ? new Refusal("address-out-of-range", $"{cidr} is not inside fixed_range {command.FixedRange}.")
            : existing.FirstOrDefault(other => other.Cidr.Overlaps(cidr)) is { } conflict
                ? new Refusal("cidr-conflict", $"{cidr} overlaps network {conflict.Label} ({conflict.Cidr}); choose another range.")
                : null;

    /// <summary>One bridge has one MTU, and one NIC is a port of one bridge: else two networks would undo each other's on every host.</summary>
    private static Refusal? BridgeFault(CreateNetwork command, IReadOnlyCollection<Network> existing)
    {
        if (command.BridgeInterface == command.Bridge)
        {
            return new Refusal("network-not-created", $"{command.Bridge} cannot be a port of itself; give the bridge another name.");
        }

        if (existing.FirstOrDefault(other => other.Bridge == command.Bridge && other.Mtu != command.Mtu) is { } sameBridge)
        {
            return new Refusal("network-not-created", $"Bridge {command.Bridge} has MTU {sameBridge.Mtu} by network {sameBridge.Label}; take that MTU or another bridge.");
        }

        return existing.FirstOrDefault(other => other.BridgeInterface is { } nic && nic == command.BridgeInterface && other.Bridge != command.Bridge) is { } sameNic
            ? new Refusal("network-not-created", $"{command.BridgeInterface} is a port of bridge {sameNic.Bridge} by network {sameNic.Label}; take that bridge or another interface.")
            : null;
    }

    private static Refusal? AddressFault(CreateNetwork command, Cidr cidr, out Network network)
    {
        network = null!;
        var first = cidr.Network + 1;
        if (Host("gateway", command.Gateway, cidr, first, out var gateway) is { } badGateway)
        {
            return badGateway;
        }

        if (Host("dhcp-server", command.DhcpServer, cidr, gateway, out var server) is { } badServer)
        {
            return badServer;
        }

        foreach (var dns in command.Dns.Where(dns => !Ipv4.TryParse(dns, out _)))
        {
            return new Refusal("invalid-address", $"DNS server '{dns}' is not an IPv4 address.");
        }

        // The network's own address and the first host's, as nova reserved them, wherever the gateway is; and the broadcast address.
        var assignable = new AddressRange(cidr.Network + 2, new Ipv4(cidr.Broadcast.Value - 1));
        var start = assignable.First;
        while (start == gateway || start == server)
        {
            start += 1;
        }

        network = new Network
        {
            Id = command.Id,
            Label = command.Label,
            Cidr = cidr,
            Gateway = gateway,
            DhcpServer = server,
            DhcpStart = start,
            Assignable = assignable,
            Bridge = command.Bridge,
            BridgeInterface = command.BridgeInterface,
            ProjectId = command.ProjectId,
            MultiHost = command.MultiHost,
            ShareAddress = command.ShareAddress,
            EnableDhcp = command.EnableDhcp,
            Mtu = command.Mtu,
            Dns = command.Dns.Select(Ipv4.Parse).ToValueList(),
            CreatedAt = command.Now,
        };
        return null;
    }

    private static Refusal? Host(string what, string? text, Cidr cidr, Ipv4 otherwise, out Ipv4 address)
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

        return cidr.Contains(address) && address > cidr.Network && address < cidr.Broadcast
            ? null
            : new Refusal("address-out-of-range", $"{what} {address} is not a host address of {cidr}.");
    }
}
