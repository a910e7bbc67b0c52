using System.Globalization;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Projects;

namespace NovaNetBus.Domain.Networks;

/// <summary>One run over the networks of a request: all of them, or the first reason against it.</summary>
internal sealed class NetworkCreation(CreateNetworks command, IReadOnlyCollection<Network> existing)
{
    private const int LongestLabel = 255;

    private const string NameRule = "1 to 15 letters, digits, dots, dashes, underscores, a letter or digit first.";

    public Decision<NetworkEvent> Run()
    {
        NumberChoice numbers = null!;
        SubnetChoice subnets = null!;
        if ((NameFault() ?? SubnetChoice.Make(command, existing, out subnets) ?? NumberChoice.Make(command, existing, out numbers) ?? BridgeFault()) is { } refusal)
        {
            return refusal;
        }

        var created = new List<NetworkEvent>();
        foreach (var (place, id) in command.Ids.Index())
        {
            if (AddressRoles.Assign(command, subnets.V4[place], out var roles) is { } refused)
            {
                return refused;
            }

            created.Add(new NetworkCreated(At(place, id, roles, subnets, numbers)));
        }

        return created.ToValueList();
    }

    private static Refusal NotCreated(string reason) => new("network-not-created", reason);

    private Network At(int place, Guid id, AddressRoles roles, SubnetChoice subnets, NumberChoice numbers) => new()
    {
        Id = id,
        Label = LabelAt(place),
        Cidr = subnets.V4[place],
        Gateway = roles.Gateway,
        DhcpServer = roles.DhcpServer,
        DhcpStart = roles.DhcpStart,
        Assignable = roles.Assignable,
        Bridge = command.Vlan is null ? command.Bridge : NumberChoice.BridgeOf(numbers.Vlans[place]),
        BridgeInterface = command.BridgeInterface,
        Vlan = command.Vlan is null ? null : numbers.Vlans[place],
        VpnPrivateAddress = roles.Vpn,
        VpnPublicAddress = command.Vlan?.VpnAddress,
        VpnPublicPort = command.Vlan is null ? null : numbers.Ports[place],
        CidrV6 = command.CidrV6 is null ? null : subnets.V6[place],
        GatewayV6 = command.CidrV6 is null ? null : subnets.GatewayV6 ?? subnets.V6[place].Network + 1,
        ProjectId = command.ProjectId,
        MultiHost = command.MultiHost,
        ShareAddress = command.ShareAddress,
        EnableDhcp = command.EnableDhcp,
        Mtu = command.Mtu,
        Dns = command.Dns.Select(Ipv4.Parse).ToValueList(),
        Priority = command.Priority,
        CreatedAt = command.Now,
    };

    private string LabelAt(int place) => command.Count == 1 ? command.Label : string.Create(CultureInfo.InvariantCulture, $"{command.Label}_{place}");

    private Refusal? NameFault() => command switch
    {
        { Count: < 1 or > CreateNetworks.MostNetworks } => NotCreated($"One call makes 1 to {CreateNetworks.MostNetworks} networks."),
        { Label: "" } => NotCreated("A network needs a label."),
        _ when command.Label.Any(char.IsControl) => NotCreated("A label has no control characters."),
        _ when LabelAt(command.Count - 1).Length > LongestLabel => new Refusal("label-too-long", $"A label has at most {LongestLabel} characters, the number of each network included."),
        { ProjectId: { } project } when !Project.IsId(project) => NotCreated("A project's name has 1 to 255 characters, none of them a control character."),
        { Mtu: < 68 or > 65535 } => NotCreated($"MTU {command.Mtu} is not in 68 to 65535."),
        { Vlan: null } when !NetworkDecisions.IsInterfaceName(command.Bridge) => NotCreated($"'{command.Bridge}' cannot be a bridge's name: {NameRule}"),
        { BridgeInterface: { } nic } when !NetworkDecisions.IsInterfaceName(nic) => NotCreated($"'{nic}' cannot be an interface's name: {NameRule}"),
        { Vlan: { }, BridgeInterface: null } => NotCreated("A VLAN needs a NIC to be on; give --bridge-interface, or set vlan_interface."),
        _ when command.Dns.FirstOrDefault(dns => !Ipv4.TryParse(dns, out _)) is { } dns => new Refusal("invalid-address", $"DNS server '{dns}' is not an IPv4 address."),
        _ => null,
    };

    /// <summary>One bridge has one MTU, and one NIC is a port of one bridge: else two networks would undo each other's on every host.</summary>
    private Refusal? BridgeFault()
    {
        if (command.Vlan is not null)
        {
            return null;
        }

        if (command.BridgeInterface == command.Bridge)
        {
            return NotCreated($"{command.Bridge} cannot be a port of itself; give the bridge another name.");
        }

        if (existing.FirstOrDefault(other => other.Vlan is { } vlan && NumberChoice.NamesOf(vlan).Intersect([command.Bridge, command.BridgeInterface]).Any()) is { } tagged)
        {
            return NotCreated($"VLAN {tagged.Vlan} of network {tagged.Label} has an interface of the same name; take another bridge and interface than {string.Join(" and ", NumberChoice.NamesOf(tagged.Vlan!.Value))}.");
        }

        if (existing.FirstOrDefault(other => other.Bridge == command.Bridge && other.Mtu != command.Mtu) is { } sameBridge)
        {
            return NotCreated($"Bridge {command.Bridge} has MTU {sameBridge.Mtu} by network {sameBridge.Label}; take that MTU or another bridge.");
        }

        return existing.FirstOrDefault(other => other is { Vlan: null, BridgeInterface: { } nic } && nic == command.BridgeInterface && other.Bridge != command.Bridge) is { } sameNic
            ? NotCreated($"{command.BridgeInterface} is a port of bridge {sameNic.Bridge} by network {sameNic.Label}; take that bridge or another interface.")
            : null;
    }
}
