using System.Globalization;

namespace NovaNetBus.Domain.Networks;

/// <summary>Which VLAN ids and VPN ports a request gets. Codes: duplicate-vlan, network-not-created.</summary>
/// <param name="Vlans">One for each network; empty: networks without VLAN.</param>
/// <param name="Ports">One for each VLAN.</param>
internal sealed record NumberChoice(IReadOnlyList<int> Vlans, IReadOnlyList<int> Ports)
{
    private const int LastVlan = 4094, LastPort = 65535;

    /// <summary>All of them, or the first reason against it.</summary>
    public static Refusal? Make(CreateNetworks command, IReadOnlyCollection<Network> existing, out NumberChoice choice)
    {
        choice = new NumberChoice([], []);
        if (command.Vlan is not { } wish)
        {
            return null;
        }

        var ports = FreePorts(wish.VpnStart, command.Count, existing.Select(network => network.VpnPublicPort).OfType<int>().ToHashSet());
        if ((Vlan(command, wish, existing, out var vlans) ?? Shortage("VPN ports", "vpn-start", wish.VpnStart, LastPort, ports.Count, command.Count)) is { } refusal)
        {
            return refusal;
        }

        choice = new NumberChoice(vlans, ports);
        return null;
    }

    /// <summary>The lowest free UDP ports from this one on; fewer when there are no more.</summary>
    public static IReadOnlyList<int> FreePorts(int start, int count, HashSet<int> taken) => Free(start, LastPort, count, taken);

    /// <summary>The bridge of a VLAN's network (nova: br and the id, whatever bridge was asked for).</summary>
    public static string BridgeOf(int vlan) => string.Create(CultureInfo.InvariantCulture, $"br{vlan}");

    /// <summary>The names of interfaces that a network with this VLAN has on each host.</summary>
    public static IReadOnlyList<string> NamesOf(int vlan) => [BridgeOf(vlan), string.Create(CultureInfo.InvariantCulture, $"vlan{vlan}")];

    /// <summary>
    /// The id asked for, or the lowest free ones. An id is not free either when a network without VLAN has an interface of a name that this
    /// VLAN would need: br100 is nova's usual bridge, and 100 its first VLAN.
    /// </summary>
    private static Refusal? Vlan(CreateNetworks command, VlanWish wish, IReadOnlyCollection<Network> existing, out IReadOnlyList<int> vlans)
    {
        var names = existing.Where(network => network.Vlan is null).SelectMany(network => new[] { network.Bridge, network.BridgeInterface }).OfType<string>()
            .Append(command.BridgeInterface ?? "").ToHashSet();
        if (wish.Id is { } id)
        {
            vlans = [id];
            return Explicit(command, id, existing, names);
        }

        var taken = existing.Select(network => network.Vlan).OfType<int>().ToHashSet();
        taken.UnionWith(Enumerable.Range(1, LastVlan).Where(number => NamesOf(number).Any(names.Contains)));
        vlans = Free(wish.Start, LastVlan, command.Count, taken);
        return Shortage("VLAN ids", "vlan-start", wish.Start, LastVlan, vlans.Count, command.Count);
    }

    private static Refusal? Explicit(CreateNetworks command, int id, IReadOnlyCollection<Network> existing, HashSet<string> names)
    {
        if (id is < 1 or > LastVlan)
        {
            return new Refusal("network-not-created", $"VLAN {id} is not in 1 to {LastVlan}.");
        }

        if (command.Count > 1)
        {
            return new Refusal("duplicate-vlan", $"{command.Count} networks cannot all have VLAN {id}; give --vlan-start instead.");
        }

        if (existing.FirstOrDefault(network => network.Vlan == id) is { } other)
        {
            return new Refusal("duplicate-vlan", $"VLAN {id} is that of network {other.Label} ({other.Cidr}); take another.");
        }

        return NamesOf(id).FirstOrDefault(names.Contains) is { } name
            ? new Refusal("network-not-created", $"VLAN {id} needs an interface {name} of its own, but a network has one of that name already; take another.")
            : null;
    }

    /// <summary>The lowest free numbers, gaps between taken ones first; fewer when there are no more.</summary>
    private static IReadOnlyList<int> Free(int start, int last, int count, HashSet<int> taken) =>
        start < 1 || start > last ? [] : [.. Enumerable.Range(start, last - start + 1).Where(number => !taken.Contains(number)).Take(count)];

    private static Refusal? Shortage(string what, string option, int start, int last, int found, int wanted) => found == wanted
        ? null
        : new Refusal("network-not-created", $"Of the {what} {start} to {last} only {found} are free for {wanted} network(s); give another --{option}, or make fewer networks.");
}
