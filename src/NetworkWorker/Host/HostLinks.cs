using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting.HostText;
using NovaNetBus.NetworkWorker.Kernel;
using NovaNetBus.NetworkWorker.Kernel.Netlink;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>
/// Bridges, their addresses and their NICs. A bridge that we made carries our alias; one of a wanted name that somebody else made is used
/// as it is, and never changed or deleted.
/// </summary>
internal sealed class HostLinks : IDisposable
{
    private readonly Rtnetlink netlink = new();
    private readonly TakenNics taken;
    private readonly HostVlans vlans;
    private readonly int announcements;

    /// <param name="announcements">How often a new address is told to the neighbours.</param>
    public HostLinks(string statePath, int announcements = 0)
    {
        this.announcements = announcements;
        taken = new TakenNics(statePath, netlink);
        vlans = new HostVlans(netlink, taken);
        Ipv6 = new HostIpv6(netlink, taken);
    }

    public HostIpv6 Ipv6 { get; }

    public void Dispose()
    {
        taken.Dispose();
        netlink.Dispose();
    }

    /// <summary>Puts right what a killed worker left of a NIC's addresses on their way, without knowing what this host shall be.</summary>
    public void Repair() => taken.Repair();

    /// <summary>The bridges of the host by name, with their index.</summary>
    public IReadOnlyDictionary<string, int> Bridges() =>
        netlink.Links().Where(link => link.IsBridge).ToDictionary(link => link.Name, link => link.Index);

    /// <summary>
    /// What is ours or wanted. NICs count as uplinks when they are wanted as such or are in <paramref name="uplinks"/> already; an address alone as a floating
    /// one when it is wanted, carries our mark or is in <paramref name="floatings"/>, where each is before it is on a NIC.
    /// </summary>
    public IReadOnlyList<HostResource> Read(HostState wanted, IReadOnlySet<string> uplinks, IReadOnlySet<string> floatings)
    {
        var links = netlink.Links();
        var names = links.ToDictionary(link => link.Index, link => link.Name);
        var all = netlink.Addresses();
        var addresses = all.Where(address => address.Ipv4 is not null && names.ContainsKey(address.LinkIndex)).ToList();
        var floating = addresses.Where(address => address.PrefixLength == 32)
            .Select(address => (Address: address, Resource: new FloatingAddress(names[address.LinkIndex], address.Ipv4!.Value)))
            .Where(found => found.Address.IsOurs || floatings.Contains(found.Resource.Address.ToString()) || wanted.Find(found.Resource.Key) is not null).ToList();
        var bridges = links.Where(link => link.IsBridge && (link.IsOurs || wanted.Find("bridge " + link.Name) is not null)).ToDictionary(link => link.Index);
        var found = bridges.Values.Select(link => ReadBridge(link, wanted)).OfType<HostResource>().ToList();
        found.AddRange(floating.Select(found => found.Resource));
        found.AddRange(addresses.Except(floating.Select(found => found.Address))
            .Where(address => bridges.TryGetValue(address.LinkIndex, out var bridge) && !taken.Brought(bridge, address))
            .Select(address => new BridgeAddress(bridges[address.LinkIndex].Name, address.Ipv4!.Value, address.PrefixLength))
            .Where(address => bridges.Values.Any(link => link.Name == address.Bridge && link.IsOurs) || wanted.Find(address.Key) is not null));
        found.AddRange(Ipv6.Read(bridges, all, wanted));
        found.AddRange(HostVlans.Read(links, wanted));
        found.AddRange(links
            .Where(link => link.Master is { } master && bridges.ContainsKey(master) && link.IsUp)
            .Select(link => ReadUplink(link, bridges[link.Master!.Value], uplinks, wanted)).OfType<Uplink>());
        return found;
    }

    public void AddBridge(Bridge bridge)
    {
        netlink.CreateBridge(InterfaceName.Checked(bridge.Name), bridge.Mac, bridge.Mtu);
        var link = netlink.Find(bridge.Name);
        if (link.IsOurs)
        {
            // A NIC that brought its addresses along brought its MAC too, and may need IPv6.
            var brought = taken.On(link) is not null;
            if (!brought && !HostIpv6.IsOn(bridge.Name))
            {
                Sysctls.SetIpv6(bridge.Name, on: false);
            }

            if (!brought && link.Mac != bridge.Mac)
            {
                netlink.SetMac(bridge.Name, bridge.Mac);
            }

            if (link.Mtu != bridge.Mtu)
            {
                netlink.SetMtu(bridge.Name, bridge.Mtu);
            }
        }

        // The rules lead frames to it by the planned MAC address, whatever its own is: a NIC's that it took, or somebody else's choice.
        if (!netlink.HasLocalMac(link.Index, bridge.Mac))
        {
            netlink.AddLocalMac(link.Index, bridge.Mac);
        }

        netlink.SetUp(bridge.Name);
    }

    public void RemoveBridge(Bridge bridge)
    {
        if (netlink.Links().Any(link => link.Name == bridge.Name && link.IsBridge && link.IsOurs))
        {
            netlink.Delete(bridge.Name);
        }
    }

    /// <param name="announce">False when it may not be told yet.</param>
    public void AddAddress(BridgeAddress address, bool announce = true)
    {
        var bridge = netlink.Find(address.Bridge);
        netlink.AddAddress(bridge.Index, address.Address, address.PrefixLength);
        NeighbourNews.Announce(bridge, address.Address, announce ? announcements : 0);
    }

    /// <summary>Tells the neighbours of those of these addresses that are there, whatever is configured: they know another host by them.</summary>
    public void Announce(LeasedAddresses addresses)
    {
        var links = netlink.Links().ToDictionary(link => link.Index);
        var held = netlink.Addresses().Where(address => links.ContainsKey(address.LinkIndex)).ToList();
        NeighbourNews.Announce(
            held.Where(address => address.Ipv4 is { } known && addresses.Ipv4.Contains(known)).Select(address => (links[address.LinkIndex], address.Ipv4!.Value)),
            held.Where(address => address.Ipv6 is { } known && addresses.Ipv6.Contains(known)).Select(address => (links[address.LinkIndex], address.Ipv6!.Value)),
            Math.Max(1, announcements));
    }

    /// <summary>Throws with no-floating-ip-interface when there is no such NIC. An address that the host has for itself is not taken.</summary>
    public void AddFloating(FloatingAddress floating, bool announce = true)
    {
        var nic = netlink.TryFind(floating.Interface)
            ?? throw new HostRefusalException(ErrorCodes.NoFloatingIpInterface, $"this host has no interface {floating.Interface}");
        var isThere = netlink.IsLocal(floating.Address);
        if (netlink.AddFloatingAddress(nic.Index, floating.Address) && isThere)
        {
            netlink.RemoveAddress(nic.Index, floating.Address, 32);
            throw new HostRefusalException(ErrorCodes.HostConfigurationFailed, $"{floating.Address} is an address of this host itself");
        }

        NeighbourNews.Announce(nic, floating.Address, announce ? announcements : 0);
    }

    public void RemoveFloating(FloatingAddress floating)
    {
        if (netlink.TryFind(floating.Interface) is { } nic)
        {
            netlink.RemoveAddress(nic.Index, floating.Address, 32);
        }
    }

    public void RemoveAddress(BridgeAddress address)
    {
        if (Bridges().TryGetValue(address.Bridge, out var index))
        {
            netlink.RemoveAddress(index, address.Address, address.PrefixLength);
        }
    }

    public void AddVlan(VlanDevice vlan) => vlans.Add(vlan);

    public void RemoveVlan(VlanDevice vlan) => vlans.Remove(vlan);

    /// <summary>Plugs a NIC into a bridge. Where others depend on it, it is refused, as that would cut them off, unless its addresses may move.</summary>
    public void AddUplink(Uplink uplink)
    {
        var (nic, bridge) = (netlink.Find(InterfaceName.Checked(uplink.Interface)), netlink.Find(uplink.Bridge));
        if (nic.Master != bridge.Index)
        {
            RefuseIfPlugged(nic);
        }

        if (uplink.TakesAddresses)
        {
            taken.Take(nic, bridge);
        }
        else if (nic.Master != bridge.Index)
        {
            taken.RefuseIfCarrying(nic, "making it a port of a bridge would cut off who uses them (and public_interface moves as flat_interface only)");
            netlink.SetMaster(nic.Name, bridge.Index);
        }

        netlink.SetUp(nic.Name);
    }

    public void RemoveUplink(Uplink uplink)
    {
        var links = netlink.Links();
        if (links.FirstOrDefault(link => link.Name == uplink.Interface) is { Master: { } master } nic
            && links.FirstOrDefault(link => link.Index == master && link.Name == uplink.Bridge) is { } bridge)
        {
            taken.GiveBack(nic, bridge);
        }
    }

    private void RefuseIfPlugged(Link nic)
    {
        if (nic.Master is { } master)
        {
            throw new HostRefusalException(
                ErrorCodes.HostConfigurationFailed, $"{nic.Name} is a port of {netlink.Links().FirstOrDefault(link => link.Index == master)?.Name ?? "something else"} already");
        }
    }

    private Uplink? ReadUplink(Link link, Link bridge, IReadOnlySet<string> uplinks, HostState wanted)
    {
        var wish = wanted.Find("uplink " + link.Name) as Uplink;
        return wish switch
        {
            { TakesAddresses: true } when wish.Bridge == bridge.Name && !taken.IsInOrder(link, bridge) => null,
            null when !uplinks.Contains(link.Name) && taken.On(bridge)?.Interface != link.Name => null,
            _ => new Uplink(link.Name, bridge.Name, wish?.TakesAddresses ?? false),
        };
    }

    /// <summary>True when the bridge's own MAC address is the planned one, or is to become that.</summary>
    private bool HasOwnMac(Link link, Bridge bridge) => link.Mac == bridge.Mac || (link.IsOurs && taken.On(link) is null);

    /// <summary>A wanted bridge that is off, or that we made and did not come to mark, is as good as none; somebody else's is as good as wanted.</summary>
    private Bridge? ReadBridge(Link link, HostState wanted) => wanted.Find("bridge " + link.Name) switch
    {
        Bridge bridge when !link.IsUp || (!HasOwnMac(link, bridge) && !netlink.HasLocalMac(link.Index, bridge.Mac)) => null,
        Bridge bridge when link.IsOurs && taken.On(link) is not null => new Bridge(link.Name, bridge.Mac, link.Mtu),
        Bridge bridge when !link.IsOurs => link.Mac == bridge.Mac ? null : bridge,
        _ => new Bridge(link.Name, link.Mac ?? default, link.Mtu),
    };
}
