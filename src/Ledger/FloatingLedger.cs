using Marten;
using NovaNetBus.Domain;
using NovaNetBus.Domain.FloatingIps;

namespace NovaNetBus.Ledger;

/// <summary>Addresses that came into a pool, or left it.</summary>
/// <param name="Count">How many.</param>
public sealed record FloatingPoolChange(string Pool, string? Interface, long Count);

/// <summary>Floating IPs apart from instances. Every method throws on an outage, when nothing is known to be recorded.</summary>
public sealed class FloatingLedger
{
    private readonly LedgerSessions sessions;
    private readonly LedgerWriter writer;

    internal FloatingLedger(LedgerSessions sessions, LedgerWriter writer) => (this.sessions, this.writer) = (sessions, writer);

    /// <summary>A project gets an address of a pool: the outcome's. Refusals: see <see cref="FloatingAllocation.Allocate"/>.</summary>
    public Task<InstanceOutcome> AllocateAsync(AllocateFloating command, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(null, origin.Host, command.Now, origin, situation => FloatingAllocation.Allocate(command, situation)), cancellation);

    /// <summary>A project gives its address back. Refusals: see <see cref="FloatingAllocation.Release"/>.</summary>
    public Task<InstanceOutcome> ReleaseAsync(string address, string projectId, DateTimeOffset now, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(null, origin.Host, now, origin, situation => FloatingAllocation.Release(address, projectId, situation, now)), cancellation);

    /// <summary>A range of addresses comes into a pool. Refusals: see <see cref="FloatingDecisions.Create"/>.</summary>
    public async Task<Decision<FloatingPoolChange>> CreateAsync(CreateFloatingRange command, Origin origin, CancellationToken cancellation)
    {
        await using var session = await sessions.NetworksAsync(cancellation);
        return await CreateAsync(session, command, origin, cancellation);
    }

    /// <summary>As <see cref="CreateAsync(CreateFloatingRange, Origin, CancellationToken)"/>, but nothing happens (no change) when the pool ever had addresses there, though they may have left it.</summary>
    public async Task<Decision<FloatingPoolChange>> CreateOnceAsync(CreateFloatingRange command, Origin origin, CancellationToken cancellation)
    {
        await using var session = await sessions.NetworksAsync(cancellation);
        if (FloatingRange.Read(command.Range, out var range) is null
            && await session.Documents.Events.FetchStreamStateAsync(Streams.OfFloatings(FloatingKey.Of(command.Pool, range.First)), cancellation) is not null)
        {
            return ValueList.Of<FloatingPoolChange>([]);
        }

        return await CreateAsync(session, command, origin, cancellation);
    }

    /// <summary>The addresses of a range leave their pools; a change for each pool. Refusals: see <see cref="FloatingDecisions.Delete"/>.</summary>
    public async Task<Decision<FloatingPoolChange>> DeleteAsync(string range, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        await using var session = await sessions.NetworksAsync(cancellation);
        var touched = await TouchedAsync(session, range, cancellation);
        var decision = FloatingDecisions.Delete(range, [.. touched.Select(block => block.State)], now);
        if (decision is not Decision<FloatingBlockEvent>.Accepted accepted)
        {
            return ((Decision<FloatingBlockEvent>.Refused)decision).Refusal;
        }

        var changes = accepted.Events.GroupBy(change => change.Block.Pool)
            .Select(pool => new FloatingPoolChange(pool.Key, null, pool.Sum(change => Leaving(touched, change))))
            .ToValueList();
        await AppendAsync(session, touched, accepted.Events, origin, cancellation); // takes what it changes out of the documents read
        return changes;
    }

    private static async Task<Decision<FloatingPoolChange>> CreateAsync(LedgerSession session, CreateFloatingRange command, Origin origin, CancellationToken cancellation)
    {
        var touched = await TouchedAsync(session, command.Range, cancellation);
        var networks = await NetworkDirectory.ReadAsync(session.Documents, cancellation);
        var decision = FloatingDecisions.Create(command, [.. touched.Select(block => block.State)], networks);
        if (decision is not Decision<FloatingBlockEvent>.Accepted accepted)
        {
            return ((Decision<FloatingBlockEvent>.Refused)decision).Refusal;
        }

        await AppendAsync(session, touched, accepted.Events, origin, cancellation);
        var added = accepted.Events.Select(change => change.Event).OfType<FloatingIpsAdded>().Sum(added => (long)(added.Last - added.First) + 1);
        return ValueList.Of([new FloatingPoolChange(command.Pool, command.Interface, added)]);
    }

    /// <summary>All blocks, of any pool, that may hold an address of the range; of what is no range: none.</summary>
    private static async Task<IReadOnlyList<FloatingBlockDocument>> TouchedAsync(LedgerSession session, string text, CancellationToken cancellation)
    {
        if (FloatingRange.Read(text, out var range) is not null)
        {
            return [];
        }

        var (first, last) = ((long)FloatingKey.FirstOf(range.First).Value, (long)range.Last.Value);
        return await session.Documents.Query<FloatingBlockDocument>().Where(block => block.First >= first && block.First <= last).OrderBy(block => block.Id).ToListAsync(cancellation);
    }

    private static async Task AppendAsync(
        LedgerSession session, IReadOnlyList<FloatingBlockDocument> touched, ValueList<FloatingBlockEvent> events, Origin origin, CancellationToken cancellation)
    {
        foreach (var block in events.GroupBy(change => change.Block).OrderBy(block => Streams.OfFloatings(block.Key), StringComparer.Ordinal))
        {
            var version = touched.FirstOrDefault(document => document.Id == block.Key.ToString())?.StreamVersion ?? 0;
            session.Append(Streams.OfFloatings(block.Key), version, [.. block.Select(change => change.Event)], [.. block.Select(_ => origin)]);
        }

        await session.CommitAsync(cancellation);
    }

    private static long Leaving(IReadOnlyList<FloatingBlockDocument> touched, FloatingBlockEvent change) => change.Event is FloatingIpsRemoved removed
        ? touched.Single(document => document.Id == change.Block.ToString()).State.Addresses.Keys.Count(address => address >= removed.First && address <= removed.Last)
        : 0;
}
