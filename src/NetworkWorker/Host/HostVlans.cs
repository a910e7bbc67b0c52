using NovaNetBus.Contracts;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting.HostText;
using NovaNetBus.NetworkWorker.Kernel.Netlink;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>The devices of VLANs. One that we made carries our alias; one of a wanted name that somebody else made is never changed or deleted.</summary>
internal sealed class HostVlans(Rtnetlink netlink, TakenNics taken)
{
    /// <summary>What is ours or wanted.</summary>
    public static IEnumerable<VlanDevice> Read(IReadOnlyList<Link> links, HostState wanted) =>
        links.Select(link => Read(link, links, wanted)).OfType<VlanDevice>();

    /// <summary>
    /// Makes a VLAN's device, or puts the one that we made right; one that has to be made anew is plugged in again where it was. One of that name that
    /// somebody else made is used when it is for the same VLAN of the same NIC.
    /// </summary>
    public void Add(VlanDevice vlan)
    {
        var parent = netlink.Find(InterfaceName.Checked(vlan.Parent));
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

        if (netlink.Find(vlan.Name) is { IsOurs: true } made)
        {
            Correct(made, vlan, parent);
        }

        netlink.SetUp(parent.Name);
        netlink.SetUp(vlan.Name);
    }

    public void Remove(VlanDevice vlan)
    {
        if (netlink.Links().Any(link => link.Name == vlan.Name && link.IsOurs))
        {
            netlink.Delete(vlan.Name);
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
            taken.RefuseIfCarrying(parent, "a NIC that others depend on is not used for VLANs");
        }
    }

    /// <summary>One that is off, or that we made and did not come to mark, is as good as none; a right one of somebody else's is as good as wanted.</summary>
    private static VlanDevice? Read(Link link, IReadOnlyList<Link> links, HostState wanted)
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
}
