using System.Collections.Immutable;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Ledger;

/// <summary>Decides a batch of works one after the other, each on what the ones before it left, and appends what they came to in one transaction.</summary>
internal sealed class InstanceCommit(LedgerSessions sessions)
{
    private readonly NetworkDirectory directory = new();
    private readonly FreeBlocks freeBlocks = new();

    /// <summary>One outcome for each work. Throws when nothing was recorded, or when that is not known; the same works may be run again.</summary>
    public async Task<IReadOnlyList<InstanceOutcome>> RunAsync(IReadOnlyList<InstanceWork> works, CancellationToken cancellation)
    {
        await using var session = await sessions.WriteAsync(cancellation);
        var state = new BatchState(session, directory);
        await state.BeginAsync(works, freeBlocks.Likely, cancellation);
        await state.LoadForAsync(works, cancellation);

        var run = new Run(state, session, freeBlocks);
        var outcomes = new List<InstanceOutcome>(works.Count);
        foreach (var work in works)
        {
            outcomes.Add(await run.DecideAsync(work, cancellation));
        }

        await state.CommitAsync(cancellation);
        freeBlocks.Remember(run.Preferred, state.Networks);
        return outcomes;
    }

    /// <summary>The questions and answers of one batch.</summary>
    private sealed class Run(BatchState state, LedgerSession session, FreeBlocks freeBlocks)
    {
        private readonly Dictionary<Guid, int?> preferred = [];

        /// <summary>By network: the block to allocate from; null: the network is full.</summary>
        public IReadOnlyDictionary<Guid, int?> Preferred => preferred;

        public async Task<InstanceOutcome> DecideAsync(InstanceWork work, CancellationToken cancellation)
        {
            if (work.Joins && state.Hosts.Find(work.Host) is null or { IsRetired: true })
            {
                state.Hosts.Append(work.Host, new HostJoined(work.Host, work.Now), work.Origin);
            }

            var tried = new HashSet<BlockKey>();
            while (true)
            {
                switch (work.Decide(Situation(work)))
                {
                    case InstanceDecision.Decided { Networks.Count: > 0 } when await state.MustLockFirstUseAsync(cancellation):
                        break;
                    case InstanceDecision.Decided decided:
                        Apply(decided, work);
                        return Outcome(work, null) with { Addresses = decided.Blocks.Select(change => change.Event).ToValueList(), Floating = decided.Floating };
                    case InstanceDecision.Refused refused:
                        if (refused.Event is { } fact)
                        {
                            state.Append(fact.InstanceId, fact, work.Origin);
                        }

                        return Outcome(work, refused.Refusal);
                    case InstanceDecision.NeedsBlock needs:
                        await state.LoadBlocksAsync([needs.Block], cancellation);
                        break;
                    case InstanceDecision.NeedsMac needs:
                        await state.LoadMacAsync(needs.Mac, cancellation);
                        break;
                    case InstanceDecision.NeedsFreeBlock needs:
                        await PreferAnotherAsync(needs.NetworkId, work, tried, cancellation);
                        break;
                    case InstanceDecision.NeedsFloatings needs:
                        await state.Floatings.LoadAsync(needs.First, cancellation);
                        break;
                    case InstanceDecision.NeedsFreeFloating needs:
                        await state.Floatings.OfferAsync(needs.Pool, work.Host, cancellation);
                        break;
                    case InstanceDecision.NeedsProjectFloatings needs:
                        await state.Floatings.CountAsync(needs.ProjectId, cancellation);
                        break;
                    default:
                        throw new InvalidOperationException("a decision is one of eight");
                }
            }
        }

        private InstanceSituation Situation(InstanceWork work) => new(
            state.InstanceOf(work),
            state.Hosts.Find(work.Host) ?? new HostRecord(work.Host, ImmutableDictionary<Guid, Ipv4>.Empty, work.Now),
            state.Networks, state.Blocks.States, preferred)
        {
            Macs = state.Macs,
            FixedIpsLeft = state.FixedIpsLeft(work),
            Floatings = state.Floatings.Known,
            LacksWorker = work.NamedHost is { } named && state.Hosts.Find(named) is null or { IsRetired: true },
        };

        /// <summary>No block is offered twice to one work: one with a free address is not enough for an instance that needs two.</summary>
        private async Task PreferAnotherAsync(Guid networkId, InstanceWork work, HashSet<BlockKey> tried, CancellationToken cancellation)
        {
            var network = state.Networks.First(candidate => candidate.Id == networkId);
            if (preferred.TryGetValue(networkId, out var full) && full is { } from)
            {
                tried.Add(new BlockKey(networkId, from));
                preferred[networkId] = await freeBlocks.NextAsync(
                    new FreeBlockRequest(network, from, state.Blocks.States, tried, work.Now), session.Connection, cancellation);
            }
            else
            {
                preferred[networkId] = freeBlocks.First(network, work.Host);
            }
        }

        private void Apply(InstanceDecision.Decided decided, InstanceWork work)
        {
            foreach (var change in decided.Networks)
            {
                state.Append(change, work.Origin);
            }

            foreach (var change in decided.Hosts)
            {
                state.Hosts.Append(change.Host, change, work.Origin);
            }

            foreach (var change in decided.Blocks)
            {
                state.Blocks.Append(change.Block, change.Event, work.Origin);
                if (change.Event is FixedIpReleased or FixedIpUnreserved && preferred.GetValueOrDefault(change.Block.NetworkId, 0) is null)
                {
                    preferred[change.Block.NetworkId] = change.Block.Index; // the network is not full any more
                }
            }

            foreach (var change in decided.Floatings)
            {
                state.Floatings.Append(change, work.Origin);
            }

            foreach (var change in decided.Instance)
            {
                state.Append(work.InstanceId!.Value, change, work.Origin);
            }

            if (work.Metadata is { } metadata && decided.Instance.Any(change => change is InstanceNetworkAllocated { MetadataDigest: not null }))
            {
                state.Keep(work.InstanceId!.Value, metadata);
            }
        }

        private InstanceOutcome Outcome(InstanceWork work, Refusal? refusal)
        {
            var instance = state.InstanceOf(work);
            return new InstanceOutcome(instance, ServedNetworks.Of(instance, state.Hosts.Find(instance?.Host ?? work.Host), state.Networks), refusal);
        }
    }
}
