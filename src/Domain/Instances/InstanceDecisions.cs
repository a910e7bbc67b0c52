using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.Instances;

/// <summary>A request for an instance's network.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="ProjectId">Its owner.</param>
/// <param name="Host">Its host.</param>
/// <param name="Hostname">Its own host name.</param>
/// <param name="Networks">Those asked for; empty: those that all get.</param>
/// <param name="Seed">Random; the ids and MAC addresses of new NICs come from it.</param>
/// <param name="Now">UTC.</param>
public sealed record Spawn(
    Guid InstanceId, string ProjectId, string Host, string Hostname, ValueList<NetworkRequest> Networks, Guid Seed, DateTimeOffset Now)
{
    /// <summary>What the instance is told of itself.</summary>
    public InstanceMetadata Metadata { get; init; } = InstanceMetadata.Empty;
}

/// <summary>What a decision needs to see.</summary>
/// <param name="State">Of the instance that it is about; null: never heard of, or it is about none.</param>
/// <param name="Host">The host whose worker asks.</param>
/// <param name="Networks">Those that exist.</param>
/// <param name="Blocks">Those loaded so far; none is left out when the question is asked again.</param>
/// <param name="Preferred">By network: the block to look in for a free address. Missing: not chosen yet; null: none but those loaded may have one.</param>
public sealed record InstanceSituation(
    InstanceNetwork? State,
    HostRecord Host,
    IReadOnlyCollection<Network> Networks,
    IReadOnlyDictionary<BlockKey, Block> Blocks,
    IReadOnlyDictionary<Guid, int?> Preferred);

/// <summary>Names a block.</summary>
public readonly record struct BlockKey(Guid NetworkId, int Index);

/// <summary>An event of one block.</summary>
public sealed record BlockEvent(BlockKey Block, FixedIpEvent Event);

/// <summary>What a decision about an instance, or about addresses alone, comes to.</summary>
public abstract record InstanceDecision
{
    private InstanceDecision()
    {
    }

    /// <summary>These facts, all or none. All empty: it was so already. A kind of stream that a decision may write to is one more list here.</summary>
    public sealed record Decided : InstanceDecision
    {
        /// <summary>Of the instance that was decided about.</summary>
        public ValueList<InstanceEvent> Instance { get; init; } = [];

        /// <summary>Of blocks of fixed IPs.</summary>
        public ValueList<BlockEvent> Blocks { get; init; } = [];

        /// <summary>Of hosts.</summary>
        public ValueList<HostEvent> Hosts { get; init; } = [];
    }

    /// <summary>No; the event, if there is one, is all that is recorded.</summary>
    public sealed record Refused(Refusal Refusal, InstanceNetworkRefused? Event) : InstanceDecision;

    /// <summary>Ask again with this block loaded.</summary>
    public sealed record NeedsBlock(BlockKey Block) : InstanceDecision;

    /// <summary>
    /// Ask again with another preferred block: that one has no free address, or fewer than this instance needs. Or with null, when every block that
    /// may have one was offered: then the loaded ones are searched for the last addresses.
    /// </summary>
    public sealed record NeedsFreeBlock(Guid NetworkId) : InstanceDecision;

    /// <summary>It was so already.</summary>
    public static InstanceDecision Unchanged { get; } = new Decided();
}

/// <summary>What happens to an instance's network. Every decision may be asked again after a crash or a duplicate, with the same result.</summary>
public static class InstanceDecisions
{
    /// <summary>
    /// Addresses for all NICs or for none. Codes: those of <see cref="NetworkSelection.For"/> and of <see cref="BlockDecisions"/>, no-more-fixed-ips,
    /// no-network-host, invalid-mac-address, mac-address-in-use, instance-deleted, invalid-message.
    /// </summary>
    public static InstanceDecision Spawn(Spawn command, InstanceSituation situation) => situation.State switch
    {
        { IsOnHost: true } state when state.Host == command.Host => InstanceDecision.Unchanged,
        { IsOnHost: true } state => new InstanceDecision.Refused(
            new Refusal("invalid-message", $"Instance {command.InstanceId} is on host {state.Host}; publish instance-migrating to move it."), null),
        { Status: InstanceStatus.Releasing or InstanceStatus.Released } => new InstanceDecision.Refused(
            new Refusal("instance-deleted", $"Instance {command.InstanceId} was deleted; its id cannot be used again."), null),
        _ => NetworkSelection.For(command.ProjectId, command.Networks, situation.Networks) switch
        {
            Decision<SelectedNetwork>.Accepted selected => new Allocation(command, situation).Run(selected.Events),
            Decision<SelectedNetwork>.Refused refused => Refuse(command, refused.Refusal),
            _ => throw new InvalidOperationException("a decision is accepted or refused"),
        },
    };

    /// <summary>The instance's end: its addresses are deallocated, but free only after <see cref="Released"/>. Of an unknown instance it leaves a tombstone. Code: invalid-message.</summary>
    public static InstanceDecision Delete(Guid instanceId, InstanceSituation situation, DateTimeOffset now) => situation.State switch
    {
        // only the host that has its ports can let go of them
        { IsOnHost: true } or { Status: InstanceStatus.Releasing } when situation.State.Host != situation.Host.Name => new InstanceDecision.Refused(
            new Refusal("invalid-message", $"Instance {instanceId} is on host {situation.State.Host}; publish its deletion with that routing key."), null),
        { Status: InstanceStatus.Releasing or InstanceStatus.Released } => InstanceDecision.Unchanged,
        { IsOnHost: true } state => AllOf(state, situation, address => new FixedIpDeallocated(address, now), new InstanceDeletionRequested(instanceId, now)),
        _ => new InstanceDecision.Decided { Instance = [new InstanceDeletionRequested(instanceId, now)] },
    };

    /// <summary>The host has let go of a deleted instance.</summary>
    public static InstanceDecision Released(InstanceSituation situation, DateTimeOffset now) => situation.State switch
    {
        { Status: InstanceStatus.Releasing } state => AllOf(
            state, situation, address => new FixedIpReleased(address, now), new InstanceNetworkReleased(AddressesOf(state), now)),
        _ => InstanceDecision.Unchanged,
    };

    /// <summary>The host is ready for this generation of an instance's network. Too late when the network has changed since.</summary>
    public static InstanceDecision Configured(string host, long generation, InstanceSituation situation, DateTimeOffset now) => situation.State switch
    {
        { Status: InstanceStatus.Allocated } state when state.Generation == generation =>
            new InstanceDecision.Decided { Instance = [new InstanceNetworkConfigured(host, generation, now)] },
        _ => InstanceDecision.Unchanged,
    };

    /// <summary>The addresses of all NICs, in their order.</summary>
    public static ValueList<Ipv4> AddressesOf(InstanceNetwork state) => state.Ports.Select(port => port.Address).ToValueList();

    private static InstanceDecision.Refused Refuse(Spawn command, Refusal refusal) => new(refusal, new InstanceNetworkRefused(
        command.InstanceId, command.ProjectId, command.Host, command.Hostname, refusal.Code, refusal.Message, refusal.Retryable, command.Now));

    /// <summary>
    /// The same event for each address that the instance still holds; never for one that another has by now. Those of a network that is
    /// gone went with it.
    /// </summary>
    private static InstanceDecision AllOf(InstanceNetwork state, InstanceSituation situation, Func<Ipv4, FixedIpEvent> change, InstanceEvent fact)
    {
        var events = new List<BlockEvent>();
        foreach (var port in state.Ports)
        {
            if (situation.Networks.FirstOrDefault(candidate => candidate.Id == port.NetworkId) is not { } network)
            {
                continue;
            }

            var key = new BlockKey(network.Id, new BlockLayout(network.Cidr).IndexOf(port.Address));
            if (!situation.Blocks.TryGetValue(key, out var block))
            {
                return new InstanceDecision.NeedsBlock(key);
            }

            if (block.Used.GetValueOrDefault(port.Address)?.VifId == port.VifId)
            {
                events.Add(new BlockEvent(key, change(port.Address)));
            }
        }

        return new InstanceDecision.Decided { Instance = [fact], Blocks = events.ToValueList() };
    }

    /// <summary>One run over the NICs of one instance; later NICs see what earlier ones took.</summary>
    private sealed class Allocation(Spawn command, InstanceSituation situation)
    {
        private readonly Dictionary<BlockKey, Block> changed = [];
        private readonly SortedDictionary<int, Port> ports = [];
        private readonly List<BlockEvent> events = [];
        private readonly List<HostEvent> hostEvents = [];

        public InstanceDecision Run(ValueList<SelectedNetwork> selected)
        {
            if (selected.Select(wanted => wanted.Network).FirstOrDefault(network => !network.MultiHost) is { } unserved)
            {
                return Refuse(command, new Refusal(
                    "no-network-host", $"Network {unserved.Label} has no host that serves it; create it with --multi-host true.", Retryable: true));
            }

            // What was asked for goes first, so that neither the host nor another NIC takes it as any free address.
            var stop = FirstStop(selected.Index().Where(nic => nic.Item.Address is not null), nic => PortFor(nic.Index, nic.Item))
                ?? FirstStop(selected, wanted => HostAddress(wanted.Network))
                ?? FirstStop(selected.Index().Where(nic => nic.Item.Address is null), nic => PortFor(nic.Index, nic.Item));
            var fact = new InstanceNetworkAllocated(
                command.InstanceId, command.ProjectId, command.Host, command.Hostname, ports.Values.ToValueList(), command.Now)
            {
                MetadataDigest = command.Metadata == InstanceMetadata.Empty ? null : command.Metadata.DigestFor(command.InstanceId),
            };
            return stop ?? new InstanceDecision.Decided { Instance = [fact], Blocks = events.ToValueList(), Hosts = hostEvents.ToValueList() };
        }

        private static InstanceDecision? FirstStop<T>(IEnumerable<T> items, Func<T, InstanceDecision?> step) =>
            items.Select(step).FirstOrDefault(stop => stop is not null);

        /// <summary>The first instance of a network on a host brings the host an address of its own, where the network wants that.</summary>
        private InstanceDecision? HostAddress(Network network)
        {
            if (!network.NeedsAddressPerHost || situation.Host.Addresses.ContainsKey(network.Id)
                || hostEvents.OfType<HostServesNetwork>().Any(served => served.NetworkId == network.Id))
            {
                return null;
            }

            if (Free(network, out var address) is { } stop)
            {
                return stop;
            }

            Take(network, new FixedIpTakenByHost(address, command.Host, command.Now));
            hostEvents.Add(new HostServesNetwork(command.Host, network.Id, address, command.Now));
            return null;
        }

        private InstanceDecision? PortFor(int place, SelectedNetwork wanted)
        {
            var vifId = NewVif.IdOf(command.Seed, place);
            var mac = NewVif.MacOf(command.Seed, place);
            if (wanted.MacAddress is { } text && !MacAddress.TryParse(text, out mac))
            {
                return Refuse(command, new Refusal("invalid-mac-address", $"'{text}' is not the MAC address of a NIC; write it as fa:16:3e:01:02:03."));
            }

            if (ports.Values.Any(port => port.Mac == mac))
            {
                return Refuse(command, new Refusal("mac-address-in-use", $"{mac} is the address of another NIC of this instance; ask for another."));
            }

            var stop = wanted.Address is { } asked ? AskedFor(asked, wanted.Network, out var address) : Free(wanted.Network, out address);
            if (stop is not null)
            {
                return stop;
            }

            Take(wanted.Network, new FixedIpAllocated(
                address, command.InstanceId, vifId, mac, command.Host, command.ProjectId, command.Hostname, command.Now));
            ports.Add(place, new Port(vifId, Port.NameOf(vifId), mac, wanted.Network.Id, address));
            return null;
        }

        private InstanceDecision? Free(Network network, out Ipv4 address)
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

            var free = preferred is { } place ? BlockDecisions.NextFree(Find(new BlockKey(network.Id, place))!, network) : LastFree(network);
            address = free ?? default;
            return (free, preferred) switch
            {
                ({ }, _) => null,
                (null, { }) => new InstanceDecision.NeedsFreeBlock(network.Id),
                _ => Refuse(command, new Refusal(
                    "no-more-fixed-ips", $"Network {network.Label} ({network.Cidr}) has no free address; delete instances or create a larger network.", Retryable: true)),
            };
        }

        /// <summary>Of a nearly full network: one instance may need the last addresses of several blocks.</summary>
        private Ipv4? LastFree(Network network) => situation.Blocks.Keys
            .Where(key => key.NetworkId == network.Id)
            .OrderBy(key => key.Index)
            .Select(key => BlockDecisions.NextFree(Find(key)!, network))
            .FirstOrDefault(free => free is not null);

        private InstanceDecision? AskedFor(string text, Network network, out Ipv4 address)
        {
            if (BlockDecisions.Read(text, network, out address) is { } unreadable)
            {
                return Refuse(command, unreadable);
            }

            var key = new BlockKey(network.Id, new BlockLayout(network.Cidr).IndexOf(address));
            return Find(key) is not { } block
                ? new InstanceDecision.NeedsBlock(key)
                : BlockDecisions.WhyNot(address, block, network) is { } refusal ? Refuse(command, refusal) : null;
        }

        private Block? Find(BlockKey key) => changed.GetValueOrDefault(key) ?? situation.Blocks.GetValueOrDefault(key);

        private void Take(Network network, FixedIpEvent taken)
        {
            var key = new BlockKey(network.Id, new BlockLayout(network.Cidr).IndexOf(taken.Address));
            changed[key] = Find(key)!.Evolve(taken);
            events.Add(new BlockEvent(key, taken));
        }
    }
}
