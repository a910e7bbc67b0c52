using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Ledger;

/// <summary>One thing to decide, about an instance or about addresses alone.</summary>
/// <param name="InstanceId">Which; null: about none.</param>
/// <param name="Host">Whose record the decision sees.</param>
/// <param name="Now">UTC.</param>
/// <param name="Origin">Kept with its events.</param>
/// <param name="Decide">The Domain's decision.</param>
/// <param name="Joins">True when the host joins by it, should it not be known.</param>
/// <param name="NeedsBlocks">True when it may change how the instance's present addresses stand.</param>
/// <param name="NeedsLeaving">True when it may change how those stand that leave the instance.</param>
/// <param name="Metadata">Kept when it allocates; null: none.</param>
/// <param name="ProjectId">Whose it is, when that is not the instance's to say.</param>
/// <param name="DefaultQuota">How many fixed IPs a project without a quota of its own may have; -1: no limit; null: no quota counts for this work.</param>
/// <param name="Address">The fixed IP that it is about; null: about none in particular.</param>
/// <param name="NamedHost">The host that it names, if that may be another than <paramref name="Host"/>; null: none.</param>
/// <param name="LikelyMacs">The MAC addresses that it will ask for, when there are so many networks; null: none.</param>
internal sealed record InstanceWork(
    Guid? InstanceId, string Host, DateTimeOffset Now, Origin Origin, Func<InstanceSituation, InstanceDecision> Decide,
    bool Joins = false, bool NeedsBlocks = false, bool NeedsLeaving = false, InstanceMetadata? Metadata = null,
    string? ProjectId = null, int? DefaultQuota = null, Ipv4? Address = null, string? NamedHost = null,
    Func<int, IEnumerable<MacAddress>>? LikelyMacs = null);

/// <summary>The one writing loop of a program: all that it decides about instances and addresses is committed in groups.</summary>
internal sealed class LedgerWriter(LedgerSessions sessions) : IAsyncDisposable
{
    private readonly GroupCommit<InstanceWork, InstanceOutcome> group = new(new InstanceCommit(sessions).RunAsync);

    /// <summary>Since this program started.</summary>
    public CommitCount Count => group.Count;

    /// <summary>Completes when what was decided is recorded. Throws on an outage, when nothing is known to be recorded.</summary>
    public Task<InstanceOutcome> SubmitAsync(InstanceWork work, CancellationToken cancellation) => group.SubmitAsync(work, cancellation);

    /// <summary>Commits what was taken, and takes no more.</summary>
    public ValueTask DisposeAsync() => group.DisposeAsync();
}
