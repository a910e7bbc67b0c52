using System.Collections.Concurrent;
using JasperFx.Events;
using Marten;
using Marten.Events.Projections;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Ledger;

/// <summary>
/// Keeps the documents that decisions read in step with the log: inline, so in the commit that appends, and again from the log alone when
/// Marten rebuilds it. It folds with the Domain's own rules and nothing else.
/// </summary>
internal sealed class Snapshots : IProjection
{
    public const string Name = "snapshots";

    /// <summary>The documents that the log alone makes.</summary>
    public static IReadOnlyList<Type> Documents { get; } =
    [
        typeof(InstanceDocument), typeof(BlockDocument), typeof(FloatingBlockDocument), typeof(NetworkDocument), typeof(HostDocument), typeof(ProjectDocument),
    ];

    /// <summary>Networks as they were met first. Only what never changes of a network may be asked of them: its addresses and its bridge.</summary>
    private readonly ConcurrentDictionary<Guid, Network> known = [];

    public async Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var fold = new SnapshotFold(known);
        await fold.LoadAsync(operations, events, cancellation);
        foreach (var change in events)
        {
            fold.Apply(change);
        }

        fold.Store(operations);
    }
}
