using System.Globalization;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.HostPlan;

/// <summary>Who answers what the instances of a host ask 169.254.169.254 (metadata_host, metadata_port).</summary>
/// <param name="Address"><see cref="WellKnown"/>: this host's worker; else the machine that the question is sent on to.</param>
/// <param name="Port">TCP port there.</param>
public sealed record MetadataTarget(Ipv4 Address, int Port)
{
    /// <summary>Where instances ask, at TCP port 80.</summary>
    public static Ipv4 WellKnown { get; } = Ipv4.Parse("169.254.169.254");

    /// <summary>The worker itself answers.</summary>
    public bool IsHere => Address == WellKnown;

    /// <summary>As a firewall element's value.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address} . {Port}");
}

/// <summary>What a host needs so that instances can ask.</summary>
internal static class MetadataPlan
{
    /// <summary>Another machine's answers depend on who asks, so instances reach it with their own address (nova: init_host).</summary>
    public static IEnumerable<Cidr> MustSeeInstances(HostSettings settings) =>
        settings.Metadata is { IsHere: false } target ? [new Cidr(target.Address, 32)] : [];

    /// <summary>For a network that the host serves. The address is on each bridge, so that an instance that takes it for a neighbour finds it too.</summary>
    public static IEnumerable<HostResource> OfNetwork(HostSettings settings, Network network, string? uplink)
    {
        if (settings.Metadata is not { } target)
        {
            yield break;
        }

        yield return new BridgeAddress(network.Bridge, MetadataTarget.WellKnown, 32);
        yield return new FirewallElement(FirewallSet.Metadata, [network.Bridge], target.ToString());
        if (uplink is not null && network.MultiHost)
        {
            yield return new FirewallElement(FirewallSet.Gateways, [uplink, MetadataTarget.WellKnown.ToString()]);
        }
    }
}
