using System.Collections.Immutable;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Instances;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>Pools in memory, as part of a <see cref="MemoryLedger"/>.</summary>
internal sealed class MemoryFloatings
{
    private readonly Dictionary<FloatingKey, Versioned<FloatingBlock>> blocks = [];

    /// <summary>Who counts a project's addresses has them for itself until it has written: there, a lock; here, nobody else may have given one since.</summary>
    private int allocations;

    internal Dictionary<string, int> Quotas { get; } = [];

    internal IEnumerable<FloatingIp> All => blocks.Values.SelectMany(block => block.State.Addresses.Values);

    internal FloatingIp? Find(string address) => All.FirstOrDefault(floating => floating.Address == Given.Ip(address));

    internal void Create(string range, string pool = "nova", string? nic = null)
    {
        var decision = FloatingDecisions.Create(new CreateFloatingRange(range, pool, nic, Given.Noon), [.. blocks.Values.Select(block => block.State)], []);
        Append(Assert.IsType<Decision<FloatingBlockEvent>.Accepted>(decision).Events);
    }

    internal bool CanAppend(FloatingsRead read, ValueList<FloatingBlockEvent> events) =>
        events.All(change => read.Versions.TryGetValue(change.Block, out var seen) && blocks[change.Block].Version == seen)
        && (!events.Any(IsCounted) || read.Allocations == allocations);

    internal void Append(ValueList<FloatingBlockEvent> events)
    {
        allocations += events.Count(IsCounted);
        foreach (var change in events)
            blocks[change.Block] = (blocks.GetValueOrDefault(change.Block) ?? new(FloatingBlock.Fresh(change.Block), 0)).Then(block => block.Evolve(change.Event));
    }

    internal FloatingsRead Read() => new(this);

    private static bool IsCounted(FloatingBlockEvent change) => change.Event is FloatingIpAllocated { AutoAssigned: false };

    /// <summary>What one handler has read of it.</summary>
    internal sealed class FloatingsRead(MemoryFloatings floatings)
    {
        internal KnownFloatings Known { get; private set; } = KnownFloatings.None;

        internal Dictionary<FloatingKey, int> Versions { get; } = [];

        internal int Allocations { get; private set; }

        /// <summary>False: it was asked for something else.</summary>
        internal bool Answer(InstanceDecision needs)
        {
            switch (needs)
            {
                case InstanceDecision.NeedsFloatings asked:
                    Assert.DoesNotContain(asked.First, Known.Read);
                    Load(floatings.blocks.Keys.Where(key => key.First == asked.First));
                    Known = Known with { Read = Known.Read.ToImmutableHashSet().Add(asked.First) };
                    return true;
                case InstanceDecision.NeedsFreeFloating asked:
                    var free = floatings.blocks.Where(block => block.Key.Pool == asked.Pool && block.Value.State.Free > 0).Select(block => (FloatingKey?)block.Key).FirstOrDefault();
                    Load(free is { } key ? [key] : []);
                    var exists = floatings.blocks.Values.Any(block => block.State.Key.Pool == asked.Pool && block.State.Addresses.Count > 0);
                    Known = Known with { Free = Known.Free.ToImmutableDictionary().SetItem(asked.Pool, new FreeFloatings(free, exists)) };
                    return true;
                case InstanceDecision.NeedsProjectFloatings asked:
                    Allocations = floatings.allocations;
                    var used = floatings.All.Count(floating => floating.ProjectId == asked.ProjectId && !floating.AutoAssigned);
                    int? quota = floatings.Quotas.TryGetValue(asked.ProjectId, out var own) ? own : null;
                    Known = Known with { Projects = Known.Projects.ToImmutableDictionary().SetItem(asked.ProjectId, new ProjectFloatings(quota, used)) };
                    return true;
                default:
                    return false;
            }
        }

        private void Load(IEnumerable<FloatingKey> keys)
        {
            foreach (var key in keys.Where(key => !Versions.ContainsKey(key)).ToList())
            {
                Versions[key] = floatings.blocks[key].Version;
                Known = Known with { Blocks = Known.Blocks.ToImmutableDictionary().SetItem(key, floatings.blocks[key].State) };
            }
        }
    }
}
