using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Hosting;

/// <summary>What is told to the world, from what is so: the one place where the rules' words become the contracts'. Pure.</summary>
public static class Facts
{
    /// <summary>The same for each time that one generation is told. The instance is configured, and <paramref name="networks"/> are those of its ports.</summary>
    /// <param name="settings">Of its host.</param>
    public static HostNetworkConfigured Configured(InstanceNetwork instance, IReadOnlyList<ServedNetwork> networks, HostSettings settings) => new(
        instance.InstanceId,
        instance.ProjectId!,
        instance.Host!,
        instance.Ports.Count > 0 && NetworkOf(instance.Ports[0], networks).Network.HostFor(instance.Host!) is { } serves ? serves : instance.Host!,
        instance.Generation,
        Vifs(instance, networks, settings),
        instance.ConfiguredAt!.Value,
        settings.InjectsConfiguration ? InterfacesFile.Of(InjectedNics(instance, networks, settings)) : null);

    /// <summary>An instance's NICs; <paramref name="networks"/> are those of its ports.</summary>
    /// <param name="settings">Of its host.</param>
    public static IReadOnlyList<Vif> Vifs(InstanceNetwork instance, IReadOnlyList<ServedNetwork> networks, HostSettings settings) =>
        [.. instance.Ports.Select(port => VifOf(port, instance, NetworkOf(port, networks), settings))];

    /// <summary>A refusal.</summary>
    public static InstanceNetworkFailed Failed(Guid instanceId, string host, Refusal refusal) =>
        new(instanceId, host, refusal.Code, refusal.Message, refusal.Retryable);

    /// <summary>The instance's network is gone.</summary>
    public static Contracts.InstanceNetworkReleased Released(InstanceNetwork instance, string host) =>
        new(instance.InstanceId, host, [.. InstanceDecisions.AddressesOf(instance).Select(address => address.ToString())]);

    /// <summary>A floating IP leads to an instance.</summary>
    public static Contracts.FloatingIpAssociated Associated(InstanceNetwork instance, AssociatedIp floating) =>
        new(floating.Address.ToString(), floating.FixedIp.ToString(), instance.InstanceId, instance.Host!);

    /// <summary>A floating IP leads to an instance no more; <paramref name="host"/> has let go of it.</summary>
    public static Contracts.FloatingIpDisassociated Disassociated(InstanceNetwork instance, AssociatedIp floating, string host) =>
        new(floating.Address.ToString(), floating.FixedIp.ToString(), instance.InstanceId, host);

    /// <summary>The same, as the log has it.</summary>
    public static Contracts.FloatingIpDisassociated Disassociated(Domain.FloatingIps.FloatingIpDisassociated left) =>
        new(left.Address.ToString(), left.FixedIp.ToString(), left.InstanceId, left.Host);

    private static Vif VifOf(Port port, InstanceNetwork instance, ServedNetwork served, HostSettings settings)
    {
        var network = served.Network;
        var v6 = settings.UsesIpv6 ? network.CidrV6 : null;
        return new Vif(
            port.VifId,
            port.PortName,
            port.Mac.ToString(),
            port.NetworkId,
            network.Label,
            network.Bridge,
            network.Vlan,
            network.Mtu,
            port.Address.ToString(),
            network.Cidr.PrefixLength,
            network.Cidr.Broadcast.ToString(),
            RouterOf(served, settings)?.ToString(),
            network.EnableDhcp && settings.Manager != NetworkManagerKind.FlatManager ? served.HostAddress.ToString() : null,
            [.. settings.DnsFor(network).Select(dns => dns.ToString())],
            [.. instance.Floatings.Where(floating => floating.FixedIp == port.Address).Select(floating => floating.Address.ToString())],
            settings.InjectsConfiguration,
            v6?.AddressOf(port.Mac).ToString(),
            v6?.PrefixLength,
            v6 is null ? null : network.GatewayV6?.ToString());
    }

    /// <summary>One for each NIC, of its first address (nova: get_injected_network_template).</summary>
    private static IEnumerable<InjectedNic> InjectedNics(InstanceNetwork instance, IReadOnlyList<ServedNetwork> networks, HostSettings settings)
    {
        foreach (var (place, port) in instance.Ports.DistinctBy(port => port.VifId).Index())
        {
            var served = NetworkOf(port, networks);
            var v6 = settings.UsesIpv6 ? served.Network.CidrV6 : null;
            var isRouted = place == 0 || !settings.HasSingleDefaultGateway;
            yield return new InjectedNic(port.Mac, port.Address, served.Network.Cidr, isRouted ? RouterOf(served, settings) : null, settings.DnsFor(served.Network))
            {
                AddressV6 = v6?.AddressOf(port.Mac),
                PrefixLengthV6 = v6?.PrefixLength ?? 0,
                GatewayV6 = isRouted ? served.Network.GatewayV6 : null,
            };
        }
    }

    /// <summary>With FlatManager no host of ours is a router.</summary>
    private static Ipv4? RouterOf(ServedNetwork served, HostSettings settings) =>
        settings.Manager == NetworkManagerKind.FlatManager ? served.Network.Gateway : served.Router;

    private static ServedNetwork NetworkOf(Port port, IReadOnlyList<ServedNetwork> networks) => networks.First(served => served.Network.Id == port.NetworkId);
}
