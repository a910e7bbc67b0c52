using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.NetworkWorker.Kernel;
using NovaNetBus.NetworkWorker.Kernel.Netlink;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>IPv6 of our bridges: whether they have it, and the addresses that the host has on them.</summary>
internal sealed class HostIpv6(Rtnetlink netlink, TakenNics taken)
{
    private const string Disabled = "disable_ipv6", AddressGeneration = "addr_gen_mode", Advertisements = "accept_ra";

    /// <summary>No link-local address comes by itself. Also our mark: nobody else sets it on a bridge of ours.</summary>
    private const string NoGeneration = "1";

    /// <summary>True when we gave it IPv6. A bridge may have it without us, for the addresses that a NIC brought along.</summary>
    public static bool IsOn(string bridge) => Sysctls.ReadIpv6(bridge, Disabled) == "0" && Sysctls.ReadIpv6(bridge, AddressGeneration) == NoGeneration;

    /// <summary>What is on these bridges, and ours or wanted.</summary>
    public IEnumerable<HostResource> Read(IReadOnlyDictionary<int, Link> bridges, IEnumerable<LinkAddress> addresses, HostState wanted)
    {
        foreach (var bridge in bridges.Values.Where(bridge => IsOn(bridge.Name)))
        {
            yield return new BridgeIpv6(bridge.Name);
        }

        foreach (var address in addresses)
        {
            if (address.Ipv6 is { } ipv6 && bridges.TryGetValue(address.LinkIndex, out var bridge) && !taken.Brought(bridge, address))
            {
                var found = new BridgeAddressV6(bridge.Name, ipv6, address.PrefixLength);
                if (wanted.Find(found.Key) is not null || (bridge.IsOurs && !Ipv6Cidr.LinkLocal.Contains(ipv6)))
                {
                    yield return found;
                }
            }
        }
    }

    public void Do(HostAction action)
    {
        switch (action, action.Resource)
        {
            case (HostAction.Remove, BridgeIpv6 ipv6):
                SwitchOff(ipv6.Bridge);
                break;
            case (_, BridgeIpv6 ipv6):
                SwitchOn(ipv6.Bridge);
                break;
            case (HostAction.Remove, BridgeAddressV6 address):
                Remove(address);
                break;
            case (HostAction.Change { Previous: BridgeAddressV6 previous }, BridgeAddressV6 address):
                Remove(previous);
                Add(address);
                break;
            case (_, BridgeAddressV6 address):
                Add(address);
                break;
            default:
                throw new InvalidOperationException($"not of IPv6: {action}");
        }
    }

    private static void SwitchOn(string bridge)
    {
        Sysctls.WriteIpv6(bridge, AddressGeneration, NoGeneration);
        Sysctls.WriteIpv6(bridge, Advertisements, "0");
        Sysctls.WriteIpv6(bridge, Disabled, "0");
    }

    /// <summary>Its addresses go along, but for those that a NIC brought.</summary>
    private void SwitchOff(string name)
    {
        if (netlink.TryFind(name) is { } bridge)
        {
            Sysctls.WriteIpv6(name, AddressGeneration, "0");
            if (taken.On(bridge) is null)
            {
                Sysctls.SetIpv6(name, on: false);
            }
        }
    }

    private void Add(BridgeAddressV6 address) => netlink.AddAddress(netlink.Find(address.Bridge).Index, address.Address, address.PrefixLength);

    private void Remove(BridgeAddressV6 address)
    {
        if (netlink.TryFind(address.Bridge) is { } bridge)
        {
            netlink.RemoveAddress(bridge.Index, address.Address, address.PrefixLength);
        }
    }
}
