using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Projects;

namespace NovaNetBus.Domain.Networks;

/// <summary>A change of whose a network is, and of which host serves it. To set and to clear the same is refused.</summary>
/// <param name="ProjectId">The project that is to have it; null: as it is.</param>
/// <param name="DisassociateProject">Nobody is to have it.</param>
/// <param name="Host">The host that is to serve it; null: as it is.</param>
/// <param name="DisassociateHost">No host is to serve it.</param>
/// <param name="Now">UTC.</param>
public sealed record ModifyNetwork(string? ProjectId, bool DisassociateProject, string? Host, bool DisassociateHost, DateTimeOffset Now);

/// <summary>Which networks may be created, changed and deleted.</summary>
public static class NetworkDecisions
{
    private const int LongestInterfaceName = 15;

    /// <summary>
    /// All networks of the request, or the first reason against it. Codes: network-not-created, label-too-long, invalid-cidr, invalid-address,
    /// address-out-of-range, cidr-conflict, duplicate-vlan.
    /// </summary>
    public static Decision<NetworkEvent> Create(CreateNetworks command, IReadOnlyCollection<Network> existing) => new NetworkCreation(command, existing).Run();

    /// <summary>
    /// Nothing happens when all of it is so already. A VLAN changes hands only when no instance has an address of it, else one project would
    /// be among the instances of another. Codes: invalid-request, network-in-use.
    /// </summary>
    /// <param name="network">As it is.</param>
    /// <param name="command">What is to change.</param>
    /// <param name="addressesOfInstances">How many of its addresses instances hold, deallocated ones included.</param>
    public static Decision<NetworkEvent> Modify(Network network, ModifyNetwork command, long addressesOfInstances)
    {
        var project = command.DisassociateProject ? null : command.ProjectId ?? network.ProjectId;
        return command switch
        {
            { ProjectId: not null, DisassociateProject: true } or { Host: not null, DisassociateHost: true } =>
                new Refusal("invalid-request", "To set and to clear the same in one call cannot be meant; leave one of the two out."),
            { ProjectId: { } named } when !Project.IsId(named) =>
                new Refusal("invalid-request", "A project's name has 1 to 255 characters, none of them a control character."),
            _ when project != network.ProjectId && network is { ProjectId: { } owner, Vlan: not null } && addressesOfInstances > 0 =>
                new Refusal("network-in-use", $"Network {network.Label} ({network.Id}) has {addressesOfInstances} address(es) of {owner} in use; delete those instances first."),
            { Host: null, DisassociateHost: false } => ProjectChange(network, project, command.Now),
            _ => NetworkHostDecisions.Move(network, command.Host, "an operator said so", command.Now) switch
            {
                Decision<NetworkEvent>.Accepted moved => ValueList.ToValueList([.. ProjectChange(network, project, command.Now), .. moved.Events]),
                var refused => refused,
            },
        };
    }

    /// <summary>
    /// Refused with network-has-project while a project has it, and with network-in-use while an instance holds one of its addresses;
    /// deallocated ones count until they are released.
    /// </summary>
    public static Decision<NetworkEvent> Delete(Network network, long addressesOfInstances, DateTimeOffset now)
    {
        if (network.ProjectId is { } owner)
        {
            return new Refusal(
                "network-has-project", $"Network {network.Label} ({network.Id}) is project {owner}'s; take it from it first: novanet network modify {network.Id} --disassociate-project.");
        }

        return addressesOfInstances > 0
            ? new Refusal("network-in-use", $"Network {network.Label} ({network.Id}) has {addressesOfInstances} address(es) in use; delete those instances first.")
            : ValueList.Of<NetworkEvent>([new NetworkDeleted(network.Id, now)]);
    }

    /// <summary>
    /// Where the VPN instance of each of a project's VLANs is reached from outside: the first at this port, further ones at the next free ports. Codes:
    /// network-not-found, invalid-address, invalid-request.
    /// </summary>
    public static Decision<NetworkEvent> ChangeVpn(string projectId, string publicAddress, int port, IReadOnlyCollection<Network> all, DateTimeOffset now)
    {
        var own = Network.InOrder(all.Where(network => network.ProjectId == projectId && network.VpnPublicPort is not null)).ToList();
        if (own.Count == 0)
        {
            return new Refusal("network-not-found", $"Project {projectId} has no network with a VLAN; see 'novanet network list'.");
        }

        if (!Ipv4.TryParse(publicAddress, out var address))
        {
            return new Refusal("invalid-address", $"'{publicAddress}' is not an IPv4 address.");
        }

        var taken = all.Except(own).Where(network => network.VpnPublicAddress == address).Select(network => network.VpnPublicPort).OfType<int>().ToHashSet();
        var ports = NumberChoice.FreePorts(port, own.Count, taken);
        if (ports.Count < own.Count || ports[0] != port)
        {
            return new Refusal("invalid-request", $"Port {port} of {address}, or one of {own.Count} in a row, is another network's or none; take another.");
        }

        return own.Zip(ports)
            .Where(pair => (pair.First.VpnPublicAddress, pair.First.VpnPublicPort) != (address, pair.Second))
            .Select(NetworkEvent (pair) => new NetworkVpnChanged(pair.First.Id, address, pair.Second, now)).ToValueList();
    }

    /// <summary>True for what the kernel takes as an interface's name and no file or rule can misread.</summary>
    public static bool IsInterfaceName(string name) =>
        name.Length is > 0 and <= LongestInterfaceName && name is not ("all" or "default") && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private static ValueList<NetworkEvent> ProjectChange(Network network, string? project, DateTimeOffset now) => (network.ProjectId, project) switch
    {
        var (before, after) when before == after => [],
        (_, { } after) => [new NetworkAssigned(network.Id, after, now)],
        ({ } before, _) => [new NetworkUnassigned(network.Id, before, now)],
        _ => [],
    };
}
