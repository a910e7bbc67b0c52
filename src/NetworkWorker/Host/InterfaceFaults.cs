using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting.Options;
using NovaNetBus.NetworkWorker.Kernel.Netlink;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>What this host's interfaces have against a worker's options, before it touches anything.</summary>
internal static class InterfaceFaults
{
    /// <summary>A line for each option that names a NIC which is not there, or which must not be taken.</summary>
    public static IReadOnlyList<string> Of(NovaNetOptions options)
    {
        if (options.FakeNetwork || options.NetworkManager == NetworkManagerKind.FlatManager)
        {
            return [];
        }

        var taken = options.NetworkManager == NetworkManagerKind.VlanManager ? ("vlan_interface", options.VlanInterface) : ("flat_interface", options.FlatInterface);
        using var netlink = new Rtnetlink();
        using var belongings = new LinkBelongings();
        var links = netlink.Links();
        var named = new (string Option, string? Nic)[] { ("public_interface", options.PublicInterface), taken }.Where(pair => pair.Nic is not null).ToList();
        return
        [
            .. named.Where(pair => links.All(link => link.Name != pair.Nic)).Select(pair => $"{pair.Option}: this host has no interface {pair.Nic}."),
            .. options.TakeInterfaceAddresses ? [] : links.Where(link => link.Name == taken.Item2)
                .Select(link => (Name: link.Name, Carried: belongings.Of(link.Index).ToString()))
                .Where(nic => nic.Carried.Length > 0)
                .Select(nic => $"{taken.Item1}: {nic.Name} carries {nic.Carried}, which would be cut off; choose another, or allow it with take_interface_addresses."),
        ];
    }
}
