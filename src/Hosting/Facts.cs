using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Hosting;

/// <summary>What is told to the world, from what is so: the one place where the rules' words become the contracts'. Pure.</summary>
public static class Facts
{
    /// <summary>The same for each time that one generation is told. The instance is configured, and <paramref name="networks"/> are those of its ports.</summary>
    /// <param name="dnsServers">The host's, for networks that name none.</param>
    public static HostNetworkConfigured Configured(InstanceNetwork instance, IReadOnlyList<ServedNetwork> networks, ValueList<Ipv4> dnsServers) => new(
        instance.InstanceId,
        instance.ProjectId!,
        instance.Host!,
        instance.Host!,
        instance.Generation,
        Vifs(instance, networks, dnsServers),
        instance.ConfiguredAt!.Value);

    /// <summary>An instance's NICs; <paramref name="networks"/> are those of its ports.</summary>
    /// <param name="dnsServers">The host's, for networks that name none.</param>
    public static IReadOnlyList<Vif> Vifs(InstanceNetwork instance, IReadOnlyList<ServedNetwork> networks, ValueList<Ipv4> dnsServers) =>
        [.. instance.Ports.Select(port => VifOf(port, networks.First(served => served.Network.Id == port.NetworkId), dnsServers))];

    /// <summary>A refusal.</summary>
    public static InstanceNetworkFailed Failed(Guid instanceId, string host, Refusal refusal) =>
        new(instanceId, host, refusal.Code, refusal.Message, refusal.Retryable);

    /// <summary>The instance's network is gone.</summary>
    public static Contracts.InstanceNetworkReleased Released(InstanceNetwork instance, string host) =>
        new(instance.InstanceId, host, [.. InstanceDecisions.AddressesOf(instance).Select(address => address.ToString())]);

    private static Vif VifOf(Port port, ServedNetwork served, ValueList<Ipv4> dnsServers) => new(
        port.VifId,
        port.PortName,
        port.Mac.ToString(),
        port.NetworkId,
        served.Network.Label,
        served.Network.Bridge,
        Vlan: null,
        served.Network.Mtu,
        port.Address.ToString(),
        served.Network.Cidr.PrefixLength,
        served.Network.Cidr.Broadcast.ToString(),
        served.Router?.ToString(),
        served.Network.EnableDhcp ? served.HostAddress.ToString() : null,
        [.. served.Network.DnsOr(dnsServers).Select(dns => dns.ToString())],
        FloatingIps: [],
        Injected: false);
}
