using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Ledger;

/// <summary>Networks with a host's address on each.</summary>
internal static class ServedNetworks
{
    /// <summary>Those of an instance's ports, also of those that leave, in their order; without those that are gone by now.</summary>
    public static IReadOnlyList<ServedNetwork> Of(InstanceNetwork? state, HostRecord? host, IReadOnlyList<Network> networks) => state is null
        ? []
        : [.. state.Ports.Concat(state.Leaving).Select(port => port.NetworkId).Distinct().Select(id => Of(id, host, networks)).OfType<ServedNetwork>()];

    /// <summary>One network; null when it is gone or the host has no address on it yet. With FlatManager no host has any, and none is missed; so before its worker has told how it is.</summary>
    public static ServedNetwork? Of(Guid networkId, HostRecord? host, IReadOnlyList<Network> networks) =>
        networks.FirstOrDefault(candidate => candidate.Id == networkId) is { } network && AddressOn(network, host) is { } address
            ? new ServedNetwork(network, address) { Part = ServedNetwork.PartOf(network, host?.Name) }
            : null;

    private static Ipv4? AddressOn(Network network, HostRecord? host) => host?.Addresses.TryGetValue(network.Id, out var own) == true
        ? own
        : !network.NeedsAddressPerHost || host?.Settings is null or { Manager: NetworkManagerKind.FlatManager } ? network.DhcpServer : null;
}
