using NovaNetBus.Domain;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Ledger;

/// <summary>What a decision about an instance came to.</summary>
/// <param name="State">The instance after it; null: never heard of.</param>
/// <param name="Networks">Those of its ports, with its host's address on each.</param>
/// <param name="Refusal">Why not; null: it is done, now or before.</param>
public sealed record InstanceOutcome(InstanceNetwork? State, IReadOnlyList<ServedNetwork> Networks, Refusal? Refusal);

/// <summary>
/// Decides about instances and records it. Call it as concurrently as messages come: it commits in groups. Works on one instance are decided
/// in the order of the calls, and what was decided before is found again. Every method throws on an outage, when nothing is known to be recorded.
/// </summary>
public sealed class InstanceLedger
{
    private readonly LedgerWriter writer;

    internal InstanceLedger(LedgerWriter writer) => this.writer = writer;

    /// <summary>Addresses for a new instance. Refusals: see <see cref="InstanceDecisions.Spawn"/>. A host that is not known yet joins by it.</summary>
    public Task<InstanceOutcome> SpawnAsync(Spawn command, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(command.InstanceId, command.Host, command.Now, origin, situation => InstanceDecisions.Spawn(command, situation), Joins: true, Metadata: command.Metadata),
        cancellation);

    /// <summary>An instance's end; its addresses are free after <see cref="ReleasedAsync"/>. Of an unknown instance it stays known that it must not come.</summary>
    public Task<InstanceOutcome> DeleteAsync(Guid instanceId, DateTimeOffset now, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(instanceId, origin.Host, now, origin, situation => InstanceDecisions.Delete(instanceId, situation, now), NeedsBlocks: true), cancellation);

    /// <summary>The host that <paramref name="origin"/> names is ready for this generation of the instance's network.</summary>
    public Task<InstanceOutcome> ConfiguredAsync(
        Guid instanceId, long generation, DateTimeOffset now, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(instanceId, origin.Host, now, origin, situation => InstanceDecisions.Configured(origin.Host, generation, situation, now)),
        cancellation);

    /// <summary>The host has let go of a deleted instance.</summary>
    public Task<InstanceOutcome> ReleasedAsync(Guid instanceId, DateTimeOffset now, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(instanceId, origin.Host, now, origin, situation => InstanceDecisions.Released(situation, now), NeedsBlocks: true), cancellation);
}
