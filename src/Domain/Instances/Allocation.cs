using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.Instances;

/// <summary>
/// Whom addresses are for. One that <c>IsVpn</c> gets those that networks keep for VPN instances; for <c>HostsServe</c> see <see cref="NetworkPolicy"/>, for
/// <c>IsAttended</c> <see cref="InstanceNetwork.IsAttended"/>.
/// </summary>
internal sealed record NicOwner(
    Guid InstanceId, string ProjectId, string Host, string Hostname, Guid Seed, DateTimeOffset Now, bool HostsServe, bool IsVpn = false, bool IsAttended = true);

/// <summary>
/// One run over the NICs of one instance; later NICs see what earlier ones took. A step returns null when it is done, else what stops the whole run: a refusal, or
/// what must be loaded before it is asked again.
/// </summary>
/// <param name="owner">Whom the addresses are for.</param>
/// <param name="present">The NICs that it has already.</param>
/// <param name="situation">What is known.</param>
internal sealed class Allocation(NicOwner owner, ValueList<Port> present, InstanceSituation situation)
{
    /// <summary>In a segment of 16 million possible addresses, so many draws in a row that all meet somebody are no accident.</summary>
    private const int MostDraws = 256;

    private readonly Dictionary<BlockKey, Block> changed = [];
    private readonly SortedDictionary<int, Port> ports = [];
    private readonly List<BlockEvent> events = [];
    private readonly List<HostEvent> hostEvents = [];

    /// <summary>What was taken, in the order of the request.</summary>
    public ValueList<Port> Ports => ports.Values.ToValueList();

    public ValueList<BlockEvent> Blocks => events.ToValueList();

    public ValueList<HostEvent> Hosts => hostEvents.ToValueList();

    /// <summary>The host itself has these networks, with an address of its own on those that want it.</summary>
    public InstanceDecision? HostAddresses(IEnumerable<Network> networks) => FirstStop(networks, HostAddress);

    /// <summary>A new NIC for each network, in this order.</summary>
    public InstanceDecision? NicsOn(ValueList<SelectedNetwork> networks)
    {
        var selected = networks.Select(Wanted).ToValueList();
        if (owner.HostsServe && selected.Select(wanted => wanted.Network).FirstOrDefault(network => network is { HasOneHost: true, Host: null }) is { } unserved)
        {
            return Refuse(new Refusal(
                "no-network-host", $"Network {unserved.Label} has no host that serves it yet: start a worker that may (see 'novanet host list'), or create it with --multi-host true.", Retryable: true));
        }

        if (!owner.IsAttended && UnattendedHost.WhyNot(owner.Host, selected.Select(wanted => wanted.Network)) is { } needsWorker)
        {
            return Refuse(needsWorker);
        }

        // What was asked for goes first, so that neither the host nor another NIC takes it as any free address.
        return FirstStop(selected.Index().Where(nic => nic.Item.Address is not null), nic => NicFor(nic.Index, nic.Item))
            ?? FirstStop(selected, wanted => HostAddress(wanted.Network))
            ?? FirstStop(selected.Index().Where(nic => nic.Item.Address is null), nic => NicFor(nic.Index, nic.Item));
    }

    /// <summary>One more address for a NIC.</summary>
    public InstanceDecision? AddressFor(Port nic, Network network) =>
        HostAddress(network) ?? Free(network, nic.Mac, out var address) ?? Give(0, network, nic with { Address = address });

    /// <summary>A VPN instance that asks for no address asks for the one that is kept for it (nova: VlanManager.allocate_fixed_ip).</summary>
    private SelectedNetwork Wanted(SelectedNetwork selected) =>
        owner.IsVpn && selected is { Address: null, Network.VpnPrivateAddress: { } kept } ? selected with { Address = kept.ToString() } : selected;

    private static InstanceDecision? FirstStop<T>(IEnumerable<T> items, Func<T, InstanceDecision?> step) =>
        items.Select(step).FirstOrDefault(stop => stop is not null);

    private static InstanceDecision.Refused Refuse(Refusal refusal) => new(refusal, null);

    /// <summary>The first instance of a network on a host brings the host the network, and an address of its own, where the network wants that.</summary>
    private InstanceDecision? HostAddress(Network network)
    {
        if (!owner.HostsServe || !owner.IsAttended || hostEvents.Aggregate(situation.Host, HostRecord.Evolve).Has(network.Id))
        {
            return null;
        }

        if (!network.NeedsAddressPerHost)
        {
            hostEvents.Add(new HostBridgesNetwork(owner.Host, network.Id, owner.Now));
            return null;
        }

        if (Free(network, null, out var address) is { } stop)
        {
            return stop;
        }

        Take(network, new FixedIpTakenByHost(address, owner.Host, owner.Now));
        hostEvents.Add(new HostServesNetwork(owner.Host, network.Id, address, owner.Now));
        return null;
    }

    private InstanceDecision? NicFor(int place, SelectedNetwork wanted)
    {
        var stop = MacFor(place, wanted, out var mac);
        if (stop is not null)
        {
            return stop;
        }

        stop = wanted.Address is { } asked ? AskedFor(asked, wanted.Network, mac, out var address) : Free(wanted.Network, mac, out address);
        var vifId = NewVif.IdOf(owner.Seed, place);
        return stop ?? Give(place, wanted.Network, new Port(vifId, Port.NameOf(vifId), mac, wanted.Network.Id, address));
    }

    private InstanceDecision? Give(int place, Network network, Port port)
    {
        Take(network, new FixedIpAllocated(
            port.Address, owner.InstanceId, port.VifId, port.Mac, owner.Host, owner.ProjectId, owner.Hostname, owner.Now));
        ports.Add(place, port);
        return null;
    }

    /// <summary>The one asked for, or else the first of the seed's that no other NIC of the segment has.</summary>
    private InstanceDecision? MacFor(int place, SelectedNetwork wanted, out MacAddress mac)
    {
        if (wanted.MacAddress is { } text)
        {
            return !MacAddress.TryParse(text, out mac)
                ? Refuse(new Refusal("invalid-mac-address", $"'{text}' is not the MAC address of a NIC; write it as fa:16:3e:01:02:03."))
                : IsInUse(mac, wanted.Network, out var known) && known
                    ? Refuse(new Refusal("mac-address-in-use", $"{mac} is the address of another NIC on {wanted.Network.Segment}; ask for another, or leave it out."))
                    : known ? null : new InstanceDecision.NeedsMac(mac);
        }

        mac = default;
        for (var draw = 0; draw < MostDraws; draw++)
        {
            mac = NewVif.MacOf(owner.Seed, place, draw);
            if (!IsInUse(mac, wanted.Network, out var known))
            {
                return known ? null : new InstanceDecision.NeedsMac(mac);
            }
        }

        return Refuse(new Refusal("mac-address-in-use", $"No MAC address was found that no other NIC on {wanted.Network.Segment} has; try again.", Retryable: true));
    }

    /// <summary>Two NICs of one instance never have one address, wherever they are: a guest tells its NICs apart by it.</summary>
    private bool IsInUse(MacAddress mac, Network network, out bool known)
    {
        known = true;
        if (ports.Values.Concat(present).Any(port => port.Mac == mac))
        {
            return true;
        }

        known = situation.Macs.TryGetValue(mac, out var segments);
        return known && segments!.Contains(network.Segment);
    }

    private InstanceDecision? Free(Network network, MacAddress? mac, out Ipv4 address)
    {
        address = default;
        if (!situation.Preferred.TryGetValue(network.Id, out var preferred))
        {
            return new InstanceDecision.NeedsFreeBlock(network.Id);
        }

        if (preferred is { } index && Find(new BlockKey(network.Id, index)) is null)
        {
            return new InstanceDecision.NeedsBlock(new BlockKey(network.Id, index));
        }

        var free = preferred is { } place ? NextFree(new BlockKey(network.Id, place), network, mac) : LastFree(network, mac);
        address = free ?? default;
        return (free, preferred) switch
        {
            ({ }, _) => null,
            (null, { }) => new InstanceDecision.NeedsFreeBlock(network.Id),
            _ => Refuse(new Refusal(
                "no-more-fixed-ips", $"Network {network.Label} ({network.Cidr}) has no free address; delete instances or create a larger network.", Retryable: true)),
        };
    }

    private Ipv4? NextFree(BlockKey key, Network network, MacAddress? mac) => BlockDecisions.NextFree(Find(key)!, network, mac, owner.Now);

    /// <summary>Of a nearly full network: one instance may need the last addresses of several blocks.</summary>
    private Ipv4? LastFree(Network network, MacAddress? mac) => situation.Blocks.Keys
        .Where(key => key.NetworkId == network.Id)
        .OrderBy(key => key.Index)
        .Select(key => NextFree(key, network, mac))
        .FirstOrDefault(free => free is not null);

    private InstanceDecision? AskedFor(string text, Network network, MacAddress mac, out Ipv4 address)
    {
        if (BlockDecisions.Read(text, network, out address) is { } unreadable)
        {
            return Refuse(unreadable);
        }

        var key = BlockKey.Of(network, address);
        return Find(key) is not { } block
            ? new InstanceDecision.NeedsBlock(key)
            : BlockDecisions.WhyNot(address, block, network, mac, owner.Now, isKeptForIt: owner.IsVpn && address == network.VpnPrivateAddress) is { } refusal ? Refuse(refusal) : null;
    }

    private Block? Find(BlockKey key) => changed.GetValueOrDefault(key) ?? situation.Blocks.GetValueOrDefault(key);

    private void Take(Network network, FixedIpEvent taken)
    {
        var key = BlockKey.Of(network, taken.Address);
        changed[key] = Find(key)!.Evolve(taken);
        events.Add(new BlockEvent(key, taken));
    }
}
