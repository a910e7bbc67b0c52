namespace NovaNetBus.Domain.Networks;

/// <summary>A network that an instance asks for.</summary>
/// <param name="Network">Id or label.</param>
/// <param name="Address">The fixed IP wanted; null: any.</param>
/// <param name="MacAddress">The NIC's address; null: generated.</param>
public sealed record NetworkRequest(string Network, string? Address, string? MacAddress);

/// <summary>A network that an instance gets.</summary>
/// <param name="Network">Which.</param>
/// <param name="Address">The fixed IP wanted; null: any.</param>
/// <param name="MacAddress">The NIC's address; null: generated.</param>
/// <param name="IsFirstUse">True when nobody has the network yet and the project gets it by this.</param>
public sealed record SelectedNetwork(Network Network, string? Address, string? MacAddress, bool IsFirstUse = false);

/// <summary>Who gets which networks.</summary>
public static class NetworkSelection
{
    /// <summary>
    /// Those asked for, in that order, as far as the project may use them. Else with a flat manager all without VLAN that the project may use, and with VlanManager
    /// the project's own, or the first free one when it has none (nova: _get_networks_for_instance). Codes: network-not-found, no-networks-found, no-more-networks.
    /// </summary>
    public static Decision<SelectedNetwork> For(NetworkManagerKind manager, string projectId, ValueList<NetworkRequest> requested, IReadOnlyCollection<Network> all) => (manager, requested.Count) switch
    {
        (_, > 0) => AskedFor(projectId, requested, [.. Network.InOrder(all.Where(network => MayUse(manager, projectId, network)))]),
        (NetworkManagerKind.VlanManager, _) => OwnOrFirstFree(projectId, all),
        _ => AllOr(
            all.Where(network => network.Vlan is null && MayUse(manager, projectId, network)),
            new Refusal("no-networks-found", "There is no network for this project; create one with 'novanet network create'.", Retryable: true)),
    };

    /// <summary>By id or else by label: the first of that label in the order given. Null: there is none.</summary>
    public static Network? Find(string idOrLabel, IEnumerable<Network> inOrder)
    {
        var networks = inOrder.ToList();
        var byId = Guid.TryParse(idOrLabel, out var id) ? networks.Find(network => network.Id == id) : null;
        return byId ?? networks.Find(network => network.Label == idOrLabel);
    }

    /// <summary>A network of nobody is everybody's with a flat manager, and nobody's with VlanManager.</summary>
    private static bool MayUse(NetworkManagerKind manager, string projectId, Network network) =>
        network.ProjectId == projectId || (network.ProjectId is null && manager != NetworkManagerKind.VlanManager);

    private static Decision<SelectedNetwork> AskedFor(string projectId, ValueList<NetworkRequest> requested, IReadOnlyList<Network> usable)
    {
        var selected = new List<SelectedNetwork>();
        foreach (var request in requested)
        {
            if (Find(request.Network, usable) is not { } network)
            {
                return new Refusal("network-not-found", $"There is no network '{request.Network}' that project {projectId} may use.");
            }

            selected.Add(new SelectedNetwork(network, request.Address, request.MacAddress));
        }

        return selected.ToValueList();
    }

    /// <summary>Only VLANs are given away: a flat network, once a project's own, would be lost to all others.</summary>
    private static Decision<SelectedNetwork> OwnOrFirstFree(string projectId, IReadOnlyCollection<Network> all)
    {
        var own = all.Where(network => network.ProjectId == projectId).ToList();
        if (own.Count == 0 && Preferred(all.Where(network => network is { ProjectId: null, Vlan: not null })).FirstOrDefault() is { } free)
        {
            return ValueList.Of([new SelectedNetwork(free, null, null, IsFirstUse: true)]);
        }

        return AllOr(own, all.Any(network => network.Vlan is not null)
            ? new Refusal("no-more-networks", $"No network is left for project {projectId}; create more with 'novanet network create', or take one from another project.", Retryable: true)
            : new Refusal("no-networks-found", "There is no network with a VLAN; create some with 'novanet network create'.", Retryable: true));
    }

    private static Decision<SelectedNetwork> AllOr(IEnumerable<Network> networks, Refusal whenNone) =>
        Preferred(networks).Select(network => new SelectedNetwork(network, null, null)).ToValueList() is { Count: > 0 } selected ? selected : whenNone;

    private static IEnumerable<Network> Preferred(IEnumerable<Network> networks) => Network.InOrder(networks).OrderBy(network => network.Priority ?? int.MaxValue);
}
