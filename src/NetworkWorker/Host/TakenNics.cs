using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting.HostText;
using NovaNetBus.NetworkWorker.Kernel;
using NovaNetBus.NetworkWorker.Kernel.Netlink;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>
/// NICs whose addresses and routes moved to the bridge that they are ports of (take_interface_addresses), and move back when they leave it. A file
/// for each, written before anything moves, says what is its own: so a crash in between is put right, and the addresses on the bridge are known as wanted.
/// </summary>
internal sealed class TakenNics(string statePath, Rtnetlink netlink) : IDisposable
{
    private readonly LinkBelongings belongings = new();
    private readonly string folder = Path.Combine(Path.GetFullPath(statePath), "taken-interfaces");

    public void Dispose() => belongings.Dispose();

    /// <summary>What the NIC carries now.</summary>
    public Belongings Carried(Link nic) => belongings.Of(nic.Index);

    /// <summary>What a NIC that is a port of this bridge brought along; null: none did.</summary>
    public TakenNic? On(Link bridge) => All().FirstOrDefault(taken => taken.IsOn(bridge));

    /// <summary>True for an address that a NIC brought along to this bridge.</summary>
    public bool Brought(Link bridge, LinkAddress address) =>
        On(bridge) is { } nic && nic.Belongings().Addresses.Any(brought => brought.ToString() == address.ToString());

    /// <summary>True when nothing is left on the NIC, and all that was taken is on the bridge.</summary>
    public bool IsInOrder(Link nic, Link bridge)
    {
        if (Read(nic.Name) is not { } taken)
        {
            return Carried(nic).IsEmpty;
        }

        var there = belongings.AddressesOf(bridge.Index).ToList();
        return taken.IsMoved && taken.IsOn(bridge) && Carried(nic).IsEmpty && taken.Belongings().Addresses.All(address => there.Any(address.IsSameAs));
    }

    /// <summary>Refuses with interface-carries-addresses when others depend on the NIC.</summary>
    /// <param name="because">What would happen to them.</param>
    public void RefuseIfCarrying(Link nic, string because)
    {
        if (Carried(nic).ToString() is { Length: > 0 } carried)
        {
            throw new HostRefusalException(
                ErrorCodes.InterfaceCarriesAddresses, $"{nic.Name} carries {carried}: {because}; choose another, or allow it with take_interface_addresses");
        }
    }

    /// <summary>Makes the NIC a port of the bridge, and its addresses and routes the bridge's. Refused when they would not stay there or cannot be told as a whole.</summary>
    public void Take(Link nic, Link bridge)
    {
        var carried = Carried(nic);
        Refuse(nic, carried);
        var before = Read(nic.Name) is { } earlier && earlier.IsOn(bridge) ? earlier.Belongings() : null;
        var all = before is null ? carried : Union(before, carried);
        if (all.IsEmpty)
        {
            netlink.SetMaster(nic.Name, bridge.Index);
            return;
        }

        var taken = TakenNic.Of(nic, bridge, all);
        Write(taken);
        try
        {
            Move(taken, nic, bridge);
        }
        catch (NetlinkException)
        {
            GiveBack(nic, bridge);
            throw;
        }
    }

    /// <summary>Makes the NIC a port of no bridge, and all that came with it its own again.</summary>
    public void GiveBack(Link nic, Link bridge)
    {
        if (Read(nic.Name) is not { } taken || !taken.IsOn(bridge))
        {
            netlink.SetMaster(nic.Name, 0);
            return;
        }

        if (taken.IsMoved)
        {
            // The bridge's routes are those of now: somebody may have made more meanwhile.
            taken = TakenNic.Of(nic, bridge, taken.Belongings() with { Routes = belongings.Of(bridge.Index).Routes });
            Write(taken);
        }

        netlink.SetMaster(nic.Name, 0);
        belongings.Move(taken.Belongings(), bridge, nic);
        Forget(nic.Name);
    }

    /// <summary>
    /// What a killed worker left half-moved goes on in the direction that it had, and what lost its bridge goes back. Needs nothing but the
    /// files, since the way to broker and database may be what is cut off.
    /// </summary>
    public void Repair()
    {
        foreach (var taken in All())
        {
            var links = netlink.Links();
            var nic = links.FirstOrDefault(link => link.Name == taken.Interface);
            if (!taken.IsOfThisBoot() || nic is null)
            {
                Forget(taken.Interface);
            }
            else if (links.FirstOrDefault(taken.IsOn) is not { } bridge)
            {
                belongings.Give(taken.Belongings(), nic.Name, nic);
                Forget(taken.Interface);
            }
            else if (nic.Master != bridge.Index)
            {
                GiveBack(nic, bridge);
            }
            else if (!taken.IsMoved)
            {
                Move(taken, nic, bridge);
            }
        }
    }

    private void Move(TakenNic taken, Link nic, Link bridge)
    {
        // Neighbours know these addresses by the NIC's MAC.
        if (nic.Mac is { } mac && bridge.Mac != mac)
        {
            netlink.SetMac(bridge.Name, mac);
            if (bridge.Mac is { } known)
            {
                netlink.AddLocalMac(bridge.Index, known);
            }
        }

        var all = taken.Belongings();
        if (all.Addresses.Any(address => address.IsIpv6))
        {
            Sysctls.SetIpv6(bridge.Name, on: true);
        }

        netlink.SetUp(bridge.Name);
        netlink.SetMaster(nic.Name, bridge.Index);
        netlink.SetUp(nic.Name);
        belongings.Move(all, nic, bridge);
        Write(taken with { IsMoved = true });
    }

    private static void Refuse(Link nic, Belongings carried)
    {
        object[] dynamic = [.. carried.Addresses.Where(address => address.IsDynamic), .. carried.Routes.Where(route => route.IsDynamic)];
        if (dynamic.Length > 0)
        {
            throw new HostRefusalException(
                ErrorCodes.InterfaceCarriesAddresses,
                $"{nic.Name} carries {string.Join<object>(", ", dynamic)} for a time only (DHCP or router advertisements): whoever gave them would give them to {nic.Name} again; make them static");
        }

        if (carried.Entangled.Count > 0)
        {
            throw new HostRefusalException(
                ErrorCodes.InterfaceCarriesAddresses, $"the route {carried.Entangled[0]} goes by {nic.Name} and by others, and cannot move with it; make it a route of its own");
        }
    }

    /// <summary>What was taken first, then what has come to the NIC since.</summary>
    private static Belongings Union(Belongings before, Belongings now) => now with
    {
        Addresses = [.. before.Addresses, .. now.Addresses.Where(address => !before.Addresses.Any(address.IsSameAs))],
        Routes = [.. before.Routes, .. now.Routes],
    };

    private IEnumerable<TakenNic> All() =>
        !Directory.Exists(folder) ? [] : Directory.EnumerateFiles(folder, "*.json").Select(file => Read(Path.GetFileNameWithoutExtension(file))).OfType<TakenNic>();

    private TakenNic? Read(string nic) =>
        PathOf(nic) is var path && File.Exists(path) ? JsonSerializer.Deserialize<TakenNic>(File.ReadAllText(path)) : null;

    /// <summary>On the disk before it returns.</summary>
    private void Write(TakenNic taken)
    {
        Directory.CreateDirectory(folder);
        var temporary = PathOf(taken.Interface) + ".new";
        using (var file = new FileStream(temporary, FileMode.Create))
        {
            JsonSerializer.Serialize(file, taken);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, PathOf(taken.Interface), overwrite: true);
    }

    private void Forget(string nic) => File.Delete(PathOf(nic));

    private string PathOf(string nic) => Path.Combine(folder, InterfaceName.Checked(nic) + ".json");
}

/// <summary>What a NIC brought along to a bridge.</summary>
/// <param name="Interface">The NIC.</param>
/// <param name="Bridge">Its name.</param>
/// <param name="BridgeIndex">The kernel's number of it, which tells it from a later one of that name.</param>
/// <param name="Boot">After another start of the machine, addresses are where its own configuration put them.</param>
/// <param name="Text">For whoever reads the file.</param>
/// <param name="Addresses">The kernel's messages.</param>
/// <param name="Routes">The kernel's messages.</param>
/// <param name="IsMoved">All of it is on the bridge.</param>
internal sealed record TakenNic(
    string Interface, string Bridge, int BridgeIndex, string Boot, string Text, IReadOnlyList<byte[]> Addresses, IReadOnlyList<byte[]> Routes, bool IsMoved)
{
    private static readonly string ThisBoot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    public static TakenNic Of(Link nic, Link bridge, Belongings all) => new(
        nic.Name, bridge.Name, bridge.Index, ThisBoot, all.ToString(),
        [.. all.Addresses.Select(address => address.Message)], [.. all.Routes.Select(route => route.Message)], IsMoved: false);

    public bool IsOfThisBoot() => Boot == ThisBoot;

    public bool IsOn(Link bridge) => bridge.IsBridge && bridge.Name == Bridge && bridge.Index == BridgeIndex;

    public Belongings Belongings() => new([.. Addresses.Select(message => new CarriedAddress(message))], [.. Routes.Select(message => new CarriedRoute(message))]) { Entangled = [] };
}
