using JasperFx.Events;
using Marten;

namespace NovaNetBus.Ledger.Log;

/// <summary>
/// The documents that a set of events makes, in memory: by the same fold that keeps those of the store in step, so that what holds now and what held then come
/// about in one way. Streams are given whole from their beginning, in the order of the log.
/// </summary>
internal sealed class MemoryFold(IDocumentStore store)
{
    private readonly SnapshotFold fold = new([]);
    private IDocumentSession? made;

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

    /// <summary>Those of one kind. After this nothing more can be applied.</summary>
    public IReadOnlyList<T> Documents<T>()
        where T : notnull => [.. Made().PendingChanges.AllChangedFor<T>()];

    /// <summary>Those of one kind.</summary>
    public IEnumerable<object> Documents(Type type) => Documents().Where(document => document.GetType() == type);

    /// <summary>Of all kinds.</summary>
    public IEnumerable<object> Documents() => Made().PendingChanges.Updates().Concat(Made().PendingChanges.Inserts());

    /// <summary>A session that is never saved, as a list of what would be.</summary>
    private IDocumentSession Made()
    {
        if (made is null)
        {
            made = store.LightweightSession();
            fold.Store(made);
        }

        return made;
    }
}
