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
    Guid InstanceId, string ProjectId, string Host, string Hostname, ValueList<NetworkRequest> Networks, Guid Seed, DateTimeOffset Now);

/// <summary>What a decision about one instance needs to see.</summary>
/// <param name="State">Of the instance; null: never heard of.</param>
/// <param name="Host">Of the instance's host.</param>
/// <param name="Networks">Those that exist.</param>
/// <param name="Blocks">Those loaded so far.</param>
/// <param name="Preferred">By network: the block to look in for a free address; null or missing: none is left.</param>
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

/// <summary>What a decision about an instance comes to.</summary>
public abstract record InstanceDecision
{
    private InstanceDecision()
    {
    }

    /// <summary>These facts, all or none. All empty: it was so already.</summary>
    public sealed record Decided(ValueList<InstanceEvent> Instance, ValueList<BlockEvent> Blocks, ValueList<HostEvent> Host) : InstanceDecision;

    /// <summary>No; the event, if there is one, is all that is recorded.</summary>
    public sealed record Refused(Refusal Refusal, InstanceNetworkRefused? Event) : InstanceDecision;

    /// <summary>Ask again with this block loaded.</summary>
    public sealed record NeedsBlock(BlockKey Block) : InstanceDecision;

    /// <summary>Ask again with another preferred block: that one has no free address (any more). Or with none, when the network has none.</summary>
    public sealed record NeedsFreeBlock(Guid NetworkId) : InstanceDecision;

    /// <summary>It was so already.</summary>
    public static InstanceDecision Unchanged { get; } = new Decided([], [], []);
}

/// <summary>What happens to an instance's network. Every decision may be asked again after a crash or a duplicate, with the same result.</summary>
public static class InstanceDecisions
{
    /// <summary>
    /// Addresses for all NICs or for none. Codes: those of <see cref="NetworkSelection.For"/> and of <see cref="BlockDecisions"/>, no-more-fixed-ips,
    /// no-network-host, invalid-mac-address, instance-deleted, invalid-message.
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
        _ => new InstanceDecision.Decided([new InstanceDeletionRequested(instanceId, now)], [], []),
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
            new InstanceDecision.Decided([new InstanceNetworkConfigured(host, generation, now)], [], []),
        _ => InstanceDecision.Unchanged,
    };

    /// <summary>The addresses of all NICs, in their order.</summary>
    public static ValueList<Ipv4> AddressesOf(InstanceNetwork state) => state.Ports.Select(port => port.Address).ToValueList();

    private static InstanceDecision.Refused Refuse(Spawn command, Refusal refusal) => new(refusal, new InstanceNetworkRefused(
        command.InstanceId, command.ProjectId, command.Host, command.Hostname, refusal.Code, refusal.Message, refusal.Retryable, command.Now));

    /// <summary>The same event for each address that the instance still holds; never for one that another has by now.</summary>
    private static InstanceDecision AllOf(InstanceNetwork state, InstanceSituation situation, Func<Ipv4, FixedIpEvent> change, InstanceEvent fact)
    {
        var events = new List<BlockEvent>();
        foreach (var port in state.Ports)
        {
            var network = situation.Networks.First(candidate => candidate.Id == port.NetworkId);
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

        return new InstanceDecision.Decided([fact], events.ToValueList(), []);
    }

    /// <summary>One run over the NICs of one instance; later NICs see what earlier ones took.</summary>
    private sealed class Allocation(Spawn command, InstanceSituation situation)
    {
        private readonly Dictionary<BlockKey, Block> blocks = new(situation.Blocks);
        private readonly List<BlockEvent> events = [];
        private readonly List<HostEvent> hostEvents = [];

        public InstanceDecision Run(ValueList<SelectedNetwork> selected)
        {
            var ports = new List<Port>();
            foreach (var wanted in selected)
            {
                if (!wanted.Network.MultiHost)
                {
                    return Refuse(command, new Refusal(
                        "no-network-host", $"Network {wanted.Network.Label} has no host that serves it; create it with --multi-host true.", Retryable: true));
                }

                if ((HostAddress(wanted.Network) ?? PortFor(wanted, ports)) is { } stop)
                {
                    return stop;
                }
            }

            var fact = new InstanceNetworkAllocated(command.InstanceId, command.ProjectId, command.Host, command.Hostname, ports.ToValueList(), command.Now);
            return new InstanceDecision.Decided([fact], events.ToValueList(), hostEvents.ToValueList());
        }

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

        private InstanceDecision? PortFor(SelectedNetwork wanted, List<Port> ports)
        {
            var vifId = NewVif.IdOf(command.Seed, ports.Count);
            var mac = NewVif.MacOf(command.Seed, ports.Count);
            if (wanted.MacAddress is { } text && !MacAddress.TryParse(text, out mac))
            {
                return Refuse(command, new Refusal("invalid-mac-address", $"'{text}' is not the MAC address of a NIC; write it as fa:16:3e:01:02:03."));
            }

            var stop = wanted.Address is { } asked ? AskedFor(asked, wanted.Network, out var address) : Free(wanted.Network, out address);
            if (stop is not null)
            {
                return stop;
            }

            Take(wanted.Network, new FixedIpAllocated(
                address, command.InstanceId, vifId, mac, command.Host, command.ProjectId, command.Hostname, command.Now));
            ports.Add(new Port(vifId, Port.NameOf(vifId), mac, wanted.Network.Id, address));
            return null;
        }

        private InstanceDecision? Free(Network network, out Ipv4 address)
        {
            address = default;
            if (situation.Preferred.TryGetValue(network.Id, out var preferred) && preferred is null)
            {
                return Refuse(command, new Refusal(
                    "no-more-fixed-ips", $"Network {network.Label} ({network.Cidr}) has no free address; delete instances or create a larger network.", Retryable: true));
            }

            if (preferred is not { } index)
            {
                return new InstanceDecision.NeedsFreeBlock(network.Id);
            }

            var key = new BlockKey(network.Id, index);
            if (!blocks.TryGetValue(key, out var block))
            {
                return new InstanceDecision.NeedsBlock(key);
            }

            if (BlockDecisions.NextFree(block, network) is not { } free)
            {
                return new InstanceDecision.NeedsFreeBlock(network.Id);
            }

            address = free;
            return null;
        }

        private InstanceDecision? AskedFor(string text, Network network, out Ipv4 address)
        {
            if (BlockDecisions.Read(text, network, out address) is { } unreadable)
            {
                return Refuse(command, unreadable);
            }

            var key = new BlockKey(network.Id, new BlockLayout(network.Cidr).IndexOf(address));
            return !blocks.TryGetValue(key, out var block)
                ? new InstanceDecision.NeedsBlock(key)
                : BlockDecisions.WhyNot(address, block, network) is { } refusal ? Refuse(command, refusal) : null;
        }

        private void Take(Network network, FixedIpEvent taken)
        {
            var key = new BlockKey(network.Id, new BlockLayout(network.Cidr).IndexOf(taken.Address));
            blocks[key] = blocks[key].Evolve(taken);
            events.Add(new BlockEvent(key, taken));
        }
    }
}
