using NovaNetBus.Contracts;
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

    public void Dispose() => netlink.Dispose();

    /// <summary>The bridges of the host by name, with their index.</summary>
    public IReadOnlyDictionary<string, int> Bridges() =>
        netlink.Links().Where(link => link.IsBridge).ToDictionary(link => link.Name, link => link.Index);

    /// <summary>What is ours or wanted. NICs count as uplinks when they are wanted as such or are in <paramref name="uplinks"/> already.</summary>
    public IReadOnlyList<HostResource> Read(HostState wanted, IReadOnlySet<string> uplinks)
    {
        var links = netlink.Links();
        var bridges = links.Where(link => link.IsBridge && (link.IsOurs || wanted.Find("bridge " + link.Name) is not null)).ToDictionary(link => link.Index);
        var found = bridges.Values.Select(link => ReadBridge(link, wanted)).OfType<HostResource>().ToList();
        found.AddRange(netlink.Addresses()
            .Where(address => address.Ipv4 is not null && bridges.ContainsKey(address.LinkIndex))
            .Select(address => new BridgeAddress(bridges[address.LinkIndex].Name, address.Ipv4!.Value, address.PrefixLength))
            .Where(address => bridges.Values.Any(link => link.Name == address.Bridge && link.IsOurs) || wanted.Find(address.Key) is not null));
        found.AddRange(links.Select(link => ReadVlan(link, links, wanted)).OfType<VlanDevice>());
        found.AddRange(links
            .Where(link => link.Master is { } master && bridges.ContainsKey(master) && link.IsUp)
            .Select(link => new Uplink(link.Name, bridges[link.Master!.Value].Name))
            .Where(uplink => uplinks.Contains(uplink.Interface) || wanted.Find(uplink.Key) is not null));
        return found;
    }

    public void AddBridge(Bridge bridge)
    {
        netlink.CreateBridge(InterfaceName.Checked(bridge.Name), bridge.Mac, bridge.Mtu);
        var link = Find(bridge.Name);
        if (link.IsOurs)
        {
            Sysctls.DisableIpv6(bridge.Name);
            if (link.Mac != bridge.Mac)
            {
                netlink.SetMac(bridge.Name, bridge.Mac);
            }

            if (link.Mtu != bridge.Mtu)
            {
                netlink.SetMtu(bridge.Name, bridge.Mtu);
            }
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

    public void AddAddress(BridgeAddress address) => netlink.AddAddress(Find(address.Bridge).Index, address.Address, address.PrefixLength);

    public void RemoveAddress(BridgeAddress address)
    {
        if (Bridges().TryGetValue(address.Bridge, out var index))
        {
            netlink.RemoveAddress(index, address.Address, address.PrefixLength);
        }
    }

    /// <summary>
    /// Makes a VLAN's device, or puts the one that we made right; one that has to be made anew is plugged in again where it was. One of that name that
    /// somebody else made is used when it is for the same VLAN of the same NIC.
    /// </summary>
    public void AddVlan(VlanDevice vlan)
    {
        var parent = Find(InterfaceName.Checked(vlan.Parent));
        var there = netlink.Links().FirstOrDefault(link => link.Name == vlan.Name);
        if (there is null || there.Parent != parent.Index || there.Vlan != vlan.Vlan)
        {
            RefuseVlan(vlan, parent, there);
            netlink.Delete(vlan.Name);
            CreateVlan(vlan, parent);
            if (there?.Master is { } master)
            {
                netlink.SetMaster(vlan.Name, master);
            }
        }
        else if (there.Mac == vlan.Mac)
        {
            netlink.MarkAsOurs(vlan.Name);
        }

        if (Find(vlan.Name) is { IsOurs: true } made)
        {
            Correct(made, vlan, parent);
        }

        netlink.SetUp(parent.Name);
        netlink.SetUp(vlan.Name);
    }

    public void RemoveVlan(VlanDevice vlan)
    {
        if (netlink.Links().Any(link => link.Name == vlan.Name && link.IsOurs))
        {
            netlink.Delete(vlan.Name);
        }
    }

    /// <summary>Plugs a NIC into a bridge, unless others depend on it: then it is refused, as that would cut them off.</summary>
    public void AddUplink(Uplink uplink)
    {
        var (nic, bridge) = (Find(InterfaceName.Checked(uplink.Interface)), Find(uplink.Bridge));
        if (nic.Master != bridge.Index)
        {
            RefuseIfInUse(nic);
            netlink.SetMaster(nic.Name, bridge.Index);
        }

        netlink.SetUp(nic.Name);
    }

    public void RemoveUplink(Uplink uplink)
    {
        var links = netlink.Links();
        if (links.FirstOrDefault(link => link.Name == uplink.Interface) is { Master: { } master } && links.Any(link => link.Index == master && link.Name == uplink.Bridge))
        {
            netlink.SetMaster(uplink.Interface, 0);
        }
    }

    private void CreateVlan(VlanDevice vlan, Link parent)
    {
        try
        {
            netlink.CreateVlan(InterfaceName.Checked(vlan.Name), parent.Index, vlan.Vlan, vlan.Mac);
        }
        catch (NetlinkException e) when (e.Errno == NetlinkException.NotSupported)
        {
            throw new HostRefusalException(
                ErrorCodes.HostConfigurationFailed, $"the kernel of this host has no VLANs (802.1Q, module 8021q), which {vlan.Name} needs: use a kernel that has them, or another network_manager");
        }
    }

    private void Correct(Link made, VlanDevice vlan, Link parent)
    {
        if (made.Mac != vlan.Mac)
        {
            netlink.SetMac(vlan.Name, vlan.Mac);
        }

        try
        {
            if (made.Mtu != vlan.Mtu)
            {
                netlink.SetMtu(vlan.Name, vlan.Mtu);
            }
        }
        catch (NetlinkException e) when (e.Errno == NetlinkException.OutOfRange)
        {
            throw new HostRefusalException(
                ErrorCodes.HostConfigurationFailed, $"{parent.Name} has MTU {parent.Mtu}, and cannot carry a VLAN of {vlan.Mtu}: raise the one or lower the network's");
        }
    }

    private void RefuseVlan(VlanDevice vlan, Link parent, Link? there)
    {
        if (there is { IsOurs: false })
        {
            throw new HostRefusalException(ErrorCodes.HostConfigurationFailed, $"there is an interface {vlan.Name} already that is not for VLAN {vlan.Vlan} of {vlan.Parent}");
        }

        if (!vlan.BesideAddresses)
        {
            RefuseIfCarrying(parent);
        }
    }

    private void RefuseIfInUse(Link nic)
    {
        if (nic.Master is { } master)
        {
            throw new HostRefusalException(
                ErrorCodes.HostConfigurationFailed, $"{nic.Name} is a port of {netlink.Links().FirstOrDefault(link => link.Index == master)?.Name ?? "something else"} already");
        }

        RefuseIfCarrying(nic);
    }

    private void RefuseIfCarrying(Link nic)
    {
        var addresses = netlink.Addresses().Where(address => address.LinkIndex == nic.Index && !address.IsLocalScope).ToList();
        if (addresses.Count > 0)
        {
            throw new HostRefusalException(
                ErrorCodes.InterfaceCarriesAddresses, $"{nic.Name} carries {string.Join(", ", addresses)}: making it a port of a bridge would cut off who uses them");
        }

        if (netlink.DefaultRouteLinks().Contains(nic.Index))
        {
            throw new HostRefusalException(ErrorCodes.InterfaceCarriesAddresses, $"{nic.Name} carries the default route: making it a port of a bridge would cut it off");
        }
    }

    /// <summary>One that is off, or that we made and did not come to mark, is as good as none; a right one of somebody else's is as good as wanted.</summary>
    private static VlanDevice? ReadVlan(Link link, IReadOnlyList<Link> links, HostState wanted)
    {
        var wish = wanted.Find("vlan " + link.Name) as VlanDevice;
        if (link.Vlan is not { } vlan || (wish is null && !link.IsOurs))
        {
            return null;
        }

        var parent = links.FirstOrDefault(candidate => candidate.Index == link.Parent);
        var found = new VlanDevice(link.Name, parent?.Name ?? "", vlan, link.Mac ?? default, link.Mtu, wish?.BesideAddresses ?? false);
        return wish switch
        {
            null => found,
            _ when !link.IsUp || parent is not { IsUp: true } => null,
            _ when link.IsOurs || found.Mac == wish.Mac => link.IsOurs ? found : null,
            _ when found.Parent == wish.Parent && found.Vlan == wish.Vlan => wish,
            _ => found,
        };
    }

    private Link Find(string name) => netlink.Links().FirstOrDefault(link => link.Name == name)
        ?? throw new HostRefusalException(ErrorCodes.HostConfigurationFailed, $"this host has no interface {name}");

    /// <summary>A wanted bridge that is off, or that we made and did not come to mark, is as good as none; somebody else's is as good as wanted.</summary>
    private static Bridge? ReadBridge(Link link, HostState wanted) => wanted.Find("bridge " + link.Name) switch
    {
        Bridge when !link.IsUp => null,
        Bridge bridge when !link.IsOurs => link.Mac == bridge.Mac ? null : bridge,
        _ => new Bridge(link.Name, link.Mac ?? default, link.Mtu),
    };
}
