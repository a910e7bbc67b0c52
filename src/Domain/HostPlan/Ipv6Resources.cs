using System.Globalization;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.HostPlan;

/// <summary>IPv6 on one of our bridges, which has only the addresses that it is given and learns nothing from advertisements.</summary>
public sealed record BridgeIpv6(string Bridge) : HostResource
{
    /// <inheritdoc/>
    public override string Key => "ipv6 " + Bridge;

    /// <inheritdoc/>
    public override string Noun => $"IPv6 on {Bridge}";
}

/// <summary>An IPv6 address of the host on one of our bridges. Nobody is asked whether he has it: another host may, and then stays silent.</summary>
/// <param name="Bridge">The bridge, with a <see cref="BridgeIpv6"/>.</param>
/// <param name="Address">Of the network, or link-local.</param>
/// <param name="PrefixLength">Bits, 0 to 128.</param>
public sealed record BridgeAddressV6(string Bridge, Ipv6 Address, int PrefixLength) : HostResource
{
    /// <inheritdoc/>
    public override string Key => $"address {Bridge} {Address}";

    /// <inheritdoc/>
    public override string Noun => string.Create(CultureInfo.InvariantCulture, $"address {Address}/{PrefixLength} on {Bridge}");
}
