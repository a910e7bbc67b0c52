using JasperFx.Events;

namespace NovaNetBus.Ledger.Log;

/// <summary>
/// The documents that a set of events makes, in memory: by the same fold that keeps those of the store in step, so that what holds now and what held then come
/// about in one way. Streams are given whole from their beginning, in the order of the log.
/// </summary>
internal sealed class MemoryFold
{
    private readonly SnapshotFold fold = new([]);

    /// <summary>How many events were given.</summary>
    public long Events { get; private set; }

    /// <summary>The last of them.</summary>
    public long Sequence { get; private set; }

    /// <summary>The MAC addresses of all NICs.</summary>
    public IReadOnlyCollection<SegmentMac> Macs => fold.Macs;

    public void Apply(IEvent change)
    {
        fold.Apply(change);
        (Events, Sequence) = (Events + 1, Math.Max(Sequence, change.Sequence));
    }

    public MemoryFold Apply(IEnumerable<LoggedEvent> changes)
    {
        foreach (var change in changes.Where(change => EventCodec.Knows(change.Type)))
        {
            Apply(EventCodec.Read(change));
        }

        return this;
    }

    /// <summary>Those of one kind.</summary>
    public IReadOnlyList<T> Documents<T>() => [.. fold.Documents().OfType<T>()];

    /// <summary>Of all kinds.</summary>
    public IEnumerable<object> Documents() => fold.Documents();
}
