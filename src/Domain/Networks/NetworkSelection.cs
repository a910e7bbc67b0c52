namespace NovaNetBus.Domain.Networks;

/// <summary>A network that an instance asks for.</summary>
/// <param name="Network">Id or label.</param>
/// <param name="Address">The fixed IP wanted; null: any.</param>
/// <param name="MacAddress">The NIC's address; null: generated.</param>
public sealed record NetworkRequest(string Network, string? Address, string? MacAddress);

/// <summary>A network that an instance gets.</summary>
public sealed record SelectedNetwork(Network Network, string? Address, string? MacAddress);

/// <summary>Who gets which networks.</summary>
public static class NetworkSelection
{
    /// <summary>
    /// Those asked for, in that order; else every flat network that the project may use, in order of creation (nova:
    /// _get_networks_for_instance). Refused with network-not-found or no-networks-found.
    /// </summary>
    public static Decision<SelectedNetwork> For(string projectId, ValueList<NetworkRequest> requested, IEnumerable<Network> all)
    {
        var usable = Network.InOrder(all.Where(network => network.ProjectId is null || network.ProjectId == projectId)).ToList();
        if (requested.Count == 0)
        {
            return usable.Count == 0
                ? new Refusal("no-networks-found", "There is no network for this project; create one with 'novanet network create'.", Retryable: true)
                : usable.Select(network => new SelectedNetwork(network, null, null)).ToValueList();
        }

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

    /// <summary>By id or else by label: the first of that label in the order given. Null: there is none.</summary>
    public static Network? Find(string idOrLabel, IEnumerable<Network> inOrder)
    {
        var networks = inOrder.ToList();
        var byId = Guid.TryParse(idOrLabel, out var id) ? networks.Find(network => network.Id == id) : null;
        return byId ?? networks.Find(network => network.Label == idOrLabel);
    }
}
