using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;

namespace NovaNetBus.Ledger.Log;

/// <summary>How one address stood after each event of its story, whether it was fixed or floating then. The events come in order.</summary>
internal sealed class AddressFold(Ipv4 address)
{
    private readonly Dictionary<string, Block> blocks = [];
    private readonly Dictionary<string, FloatingBlock> floatings = [];
    private readonly List<AddressSpan> spans = [];

    /// <summary>Oldest first, the last without an end.</summary>
    public IReadOnlyList<AddressSpan> Spans => spans;

    /// <summary>Events of one commit are one change: what was between them was never so.</summary>
    public AddressFold Apply(LoggedEvent change)
    {
        if (spans.Count > 0 && spans[^1].From == change.At)
        {
            spans.RemoveAt(spans.Count - 1);
        }
        else if (spans.Count > 0)
        {
            spans[^1] = spans[^1] with { Until = change.At };
        }

        spans.Add(EventCodec.Read(change).Data switch
        {
            FixedIpEvent e => AfterFixed(change, e),
            FloatingIpEvent e => AfterFloating(change, e),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is not about an address"),
        });
        return this;
    }

    private AddressSpan AfterFixed(LoggedEvent change, FixedIpEvent fact)
    {
        var key = Streams.BlockOf(change.Stream);
        var block = (blocks.GetValueOrDefault(change.Stream) ?? Block.Fresh(key.NetworkId, key.Index)).Evolve(fact);
        blocks[change.Stream] = block;
        var used = block.Used.GetValueOrDefault(address);
        return new AddressSpan(address, key.NetworkId, used is null ? Queries.StateOf(FixedIpStatus.Released) : Queries.StateOf(used, change.At), used, change.At, null);
    }

    private AddressSpan AfterFloating(LoggedEvent change, FloatingIpEvent fact)
    {
        var key = Streams.FloatingsOf(change.Stream);
        var block = (floatings.GetValueOrDefault(change.Stream) ?? FloatingBlock.Fresh(key)).Evolve(fact);
        floatings[change.Stream] = block;
        var floating = block.Find(address);
        var state = floating switch { null => "removed", { IsAssociated: true } => "associated", { IsFree: true } => "free", _ => "allocated" };
        return new AddressSpan(address, null, state, null, change.At, null)
        {
            IsFloating = true,
            Floating = floating is null ? null : new FloatingEntry(key.Pool, floating, null),
        };
    }
}
