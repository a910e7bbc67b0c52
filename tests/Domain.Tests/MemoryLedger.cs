using System.Collections.Immutable;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>Streams in memory: an append names the versions that were read, and comes to nothing if one of them has moved on.</summary>
internal sealed class MemoryLedger(params IReadOnlyList<Network> networks)
{
    private readonly Dictionary<BlockKey, Versioned<Block>> blocks = [];
    private readonly Dictionary<Guid, Versioned<InstanceNetwork?>> instances = [];
    private readonly Dictionary<string, Versioned<HostRecord>> hosts = [];

    internal IReadOnlyList<Network> Networks => networks;

    internal MemoryFloatings Floatings { get; } = new();

    /// <summary>The host that commands name has no worker.</summary>
    internal bool LacksWorker { get; set; }

    /// <summary>How many appends came to something.</summary>
    internal int Appends { get; private set; }

    internal IEnumerable<Block> Blocks => blocks.Values.Select(block => block.State);

    internal IEnumerable<InstanceNetwork> Instances => instances.Values.Select(instance => instance.State).OfType<InstanceNetwork>();

    internal IEnumerable<HostRecord> Hosts => hosts.Values.Select(host => host.State);

    internal Versioned<Block> Read(BlockKey key) => blocks.GetValueOrDefault(key) ?? new(Block.Fresh(key.NetworkId, key.Index), 0);

    internal Versioned<InstanceNetwork?> Read(Guid instance) => instances.GetValueOrDefault(instance) ?? new(null, 0);

    internal Versioned<HostRecord> Read(string host) => hosts.GetValueOrDefault(host) ?? new(Given.Host(host), 0);

    /// <summary>All or nothing.</summary>
    internal bool TryAppend(Guid instance, Attempt read, InstanceDecision.Decided decided)
    {
        var touched = decided.Blocks.Select(change => change.Block).Distinct().ToList();
        if ((decided.Instance.Count > 0 && Read(instance).Version != read.Instance.Version)
            || (decided.Hosts.Count > 0 && Read(read.Host.State.Name).Version != read.Host.Version)
            || touched.Exists(key => Read(key).Version != read.Blocks[key].Version)
            || !Floatings.CanAppend(read.Floatings, decided.Floatings)
            || NewMacs(instance, decided).Exists(mac => SegmentsOf(mac.Mac).Contains(mac.Segment)))
            return false;

        Assert.All(decided.Blocks.Where(change => change.Event is FixedIpAllocated or FixedIpTakenByHost), NobodyElseHasItOnLease);
        Appends++;
        Floatings.Append(decided.Floatings);
        foreach (var change in decided.Blocks)
            blocks[change.Block] = Read(change.Block).Then(block => block.Evolve(change.Event));
        foreach (var change in decided.Instance)
            instances[instance] = Read(instance).Then(state => (InstanceNetwork?)InstanceNetwork.Evolve(state, change));
        foreach (var change in decided.Hosts)
            hosts[change.Host] = Read(change.Host).Then(state => HostRecord.Evolve(state, change));
        return true;
    }

    /// <summary>Where NICs have this MAC address.</summary>
    internal ImmutableHashSet<string> SegmentsOf(MacAddress mac) =>
        [.. Instances.SelectMany(instance => instance.Nics).Where(nic => nic.Mac == mac).Select(nic => networks.Single(network => network.Id == nic.NetworkId).Segment)];

    /// <summary>One decision, recorded at once, as when nobody else writes.</summary>
    internal InstanceDecision Do(Guid instance, string host, Func<InstanceSituation, InstanceDecision> ask)
    {
        var attempt = new Attempt(this, instance, host);
        var decision = attempt.Decide(ask);
        Assert.True(attempt.TryAppend(decision));
        return decision;
    }

    internal InstanceDecision Spawn(Spawn command) => Do(command.InstanceId, command.Host, situation => InstanceDecisions.Spawn(command, situation));

    internal InstanceDecision Delete(Spawn command, string? host = null) =>
        Do(command.InstanceId, host ?? command.Host, situation => InstanceDecisions.Delete(command.InstanceId, situation, command.Now.AddMinutes(1)));

    internal InstanceDecision Configured(Spawn command, long generation, bool endsLeases = true) =>
        Do(command.InstanceId, command.Host, situation => InstanceDecisions.Configured(command.Host, generation, endsLeases, situation, command.Now.AddSeconds(1)));

    internal InstanceDecision Released(Spawn command, bool endsLeases = true) =>
        Do(command.InstanceId, command.Host, situation => InstanceDecisions.Released(endsLeases, situation, command.Now.AddMinutes(2)));

    internal InstanceNetwork State(Spawn command) => Read(command.InstanceId).State ?? throw new InvalidOperationException("never heard of");

    private void NobodyElseHasItOnLease(BlockEvent taken) => Assert.False(
        Read(taken.Block).State.Used.GetValueOrDefault(taken.Event.Address)?.LeasedToAnotherThan((taken.Event as FixedIpAllocated)?.Mac) > taken.Event.At, $"{taken} is on lease to another");

    /// <summary>The unique key that the store has beside the streams.</summary>
    private List<(string Segment, MacAddress Mac)> NewMacs(Guid instance, InstanceDecision.Decided decided)
    {
        var before = Read(instance).State;
        var after = decided.Instance.Aggregate(before, (state, change) => InstanceNetwork.Evolve(state, change));
        return [.. (after?.Nics ?? []).Except(before?.Nics ?? []).Select(nic => (networks.Single(network => network.Id == nic.NetworkId).Segment, nic.Mac))];
    }

    internal IEnumerable<FixedIp> Used(Network network) => Blocks.Where(block => block.NetworkId == network.Id).SelectMany(block => block.Used.Values);
}

internal sealed record Versioned<T>(T State, int Version)
{
    internal Versioned<T> Then(Func<T, T> change) => new(change(State), Version + 1);
}

/// <summary>What one handler has read, and decides on: out of date as soon as others write.</summary>
internal sealed class Attempt(MemoryLedger ledger, Guid instance, string host)
{
    private readonly Dictionary<Guid, int?> preferred = [];
    private readonly Dictionary<Guid, int> offered = [];
    private readonly Dictionary<MacAddress, ImmutableHashSet<string>> macs = [];

    internal Versioned<InstanceNetwork?> Instance { get; } = ledger.Read(instance);

    internal Versioned<HostRecord> Host { get; } = ledger.Read(host);

    internal Dictionary<BlockKey, Versioned<Block>> Blocks { get; } = [];

    internal MemoryFloatings.FloatingsRead Floatings { get; } = ledger.Floatings.Read();

    internal InstanceDecision Decide(Func<InstanceSituation, InstanceDecision> ask)
    {
        while (true)
        {
            var situation = new InstanceSituation(
                Instance.State, Host.State, ledger.Networks, Blocks.ToDictionary(block => block.Key, block => block.Value.State), preferred)
            {
                Macs = macs,
                Floatings = Floatings.Known,
                LacksWorker = ledger.LacksWorker,
            };
            switch (ask(situation))
            {
                case InstanceDecision.NeedsBlock needed:
                    Blocks.Add(needed.Block, ledger.Read(needed.Block));
                    break;
                case InstanceDecision.NeedsMac needed:
                    macs.Add(needed.Mac, ledger.SegmentsOf(needed.Mac));
                    break;
                case InstanceDecision.NeedsFreeBlock needed:
                    Prefer(ledger.Networks.Single(network => network.Id == needed.NetworkId));
                    break;
                case var decision when !Floatings.Answer(decision):
                    return decision;
            }
        }
    }

    internal bool TryAppend(InstanceDecision decision) => decision switch
    {
        InstanceDecision.Decided decided => ledger.TryAppend(instance, this, decided),
        InstanceDecision.Refused { Event: { } recorded } => ledger.TryAppend(instance, this, new InstanceDecision.Decided { Instance = [recorded] }),
        _ => true,
    };

    /// <summary>One block after the other from the host's own start on, each once; then none.</summary>
    private void Prefer(Network network)
    {
        var layout = new BlockLayout(network.Cidr);
        var count = offered.GetValueOrDefault(network.Id);
        Assert.True(count <= layout.Count, $"block after block was asked for, though all of {network.Cidr} were offered");
        preferred[network.Id] = count < layout.Count ? (layout.StartFor(host) + count) % layout.Count : null;
        offered[network.Id] = count + 1;
    }
}
