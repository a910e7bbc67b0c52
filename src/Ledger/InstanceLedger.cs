using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Ledger;

/// <summary>What a decision about an instance came to.</summary>
/// <param name="State">The instance after it; null: never heard of.</param>
/// <param name="Networks">Those of its ports, with its host's address on each.</param>
/// <param name="Refusal">Why not; null: it is done, now or before.</param>
public sealed record InstanceOutcome(InstanceNetwork? State, IReadOnlyList<ServedNetwork> Networks, Refusal? Refusal)
{
    /// <summary>What became of addresses by it.</summary>
    public ValueList<FixedIpEvent> Addresses { get; init; } = [];

    /// <summary>The floating IP that it was about; null: about none.</summary>
    public Ipv4? Floating { get; init; }
}

/// <summary>
/// Decides about instances and records it. Call it as concurrently as messages come: it commits in groups. Works on one instance are decided
/// in the order of the calls, and what was decided before is found again. Every method throws on an outage, when nothing is known to be recorded.
/// </summary>
public sealed class InstanceLedger
{
    private readonly LedgerWriter writer;

    internal InstanceLedger(LedgerWriter writer) => this.writer = writer;

    /// <summary>This program's commits since it started, those about addresses alone included.</summary>
    public CommitCount Commits => writer.Count;

    /// <summary>Addresses for a new instance. Refusals: see <see cref="InstanceDecisions.Spawn"/>. The host whose worker asks joins by it, if it is not known yet.</summary>
    public Task<InstanceOutcome> SpawnAsync(Spawn command, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(
            command.InstanceId, origin.Host, command.Now, origin, situation => InstanceDecisions.Spawn(command, situation),
            Joins: true, Metadata: command.Metadata, ProjectId: command.ProjectId, DefaultQuota: command.Policy.QuotaToHold, NamedHost: command.Host, LikelyMacs: command.LikelyMacs),
        cancellation);

    /// <summary>The instance as it is, after all that was asked before; nothing is decided.</summary>
    public Task<InstanceOutcome> FindAsync(Guid instanceId, DateTimeOffset now, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(instanceId, origin.Host, now, origin, _ => InstanceDecision.Unchanged), cancellation);

    /// <summary>A worker has come to the host of this instance, which had none: see <see cref="InstanceDecisions.Attended"/>.</summary>
    public Task<InstanceOutcome> AttendedAsync(Guid instanceId, DateTimeOffset now, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(instanceId, origin.Host, now, origin, situation => InstanceDecisions.Attended(origin.Host, situation, now)), cancellation);

    /// <summary>An instance's end; its addresses are free after <see cref="ReleasedAsync"/>. Of an unknown instance it stays known that it must not come.</summary>
    public Task<InstanceOutcome> DeleteAsync(Guid instanceId, DateTimeOffset now, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(instanceId, origin.Host, now, origin, situation => InstanceDecisions.Delete(instanceId, situation, now), NeedsBlocks: true), cancellation);

    /// <summary>
    /// The host that <paramref name="origin"/> names is in the state of this generation of the instance's network, and has let go of what left it: see
    /// <see cref="InstanceDecisions.Configured"/>.
    /// </summary>
    public Task<InstanceOutcome> ConfiguredAsync(
        Guid instanceId, long generation, bool endsLeases, DateTimeOffset now, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(
            instanceId, origin.Host, now, origin, situation => InstanceDecisions.Configured(origin.Host, generation, endsLeases, situation, now),
            NeedsLeaving: true),
        cancellation);

    /// <summary>The host has let go of a deleted instance: see <see cref="InstanceDecisions.Released"/>.</summary>
    public Task<InstanceOutcome> ReleasedAsync(Guid instanceId, bool endsLeases, DateTimeOffset now, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(instanceId, origin.Host, now, origin, situation => InstanceDecisions.Released(endsLeases, situation, now), NeedsBlocks: true), cancellation);

    /// <summary>Takes back what a spawning was given, since its host cannot be brought into that state: see <see cref="InstanceDecisions.Withdrawn"/>.</summary>
    public Task<InstanceOutcome> WithdrawnAsync(Spawn command, long generation, Refusal why, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(
            command.InstanceId, origin.Host, command.Now, origin, situation => InstanceDecisions.Withdrawn(command, generation, why, situation), NeedsBlocks: true),
        cancellation);

    /// <summary>One more address for a running instance. Refusals: see <see cref="FixedIpChanges.Add"/>.</summary>
    public Task<InstanceOutcome> AddFixedIpAsync(AddFixedIp command, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(
            command.InstanceId, command.Host, command.Now, origin, situation => FixedIpChanges.Add(command, situation),
            DefaultQuota: command.Policy.QuotaToHold, LikelyMacs: _ => [NewVif.MacOf(command.Seed, 0)]),
        cancellation);

    /// <summary>Takes back the address that came last, since its host cannot be brought into that state: see <see cref="FixedIpChanges.Withdrawn"/>.</summary>
    public Task<InstanceOutcome> WithdrawnFixedIpAsync(Guid instanceId, long generation, DateTimeOffset now, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(instanceId, origin.Host, now, origin, situation => FixedIpChanges.Withdrawn(generation, situation, now), NeedsBlocks: true), cancellation);

    /// <summary>An address less for a running instance; it is free after <see cref="ConfiguredAsync"/>. Refusals: see <see cref="FixedIpChanges.Remove"/>.</summary>
    public Task<InstanceOutcome> RemoveFixedIpAsync(RemoveFixedIp command, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(command.InstanceId, command.Host, command.Now, origin, situation => FixedIpChanges.Remove(command, situation), NeedsBlocks: true), cancellation);

    /// <summary>A floating IP leads to an instance of this host. Refusals: see <see cref="FloatingChanges.Associate"/>.</summary>
    public Task<InstanceOutcome> AssociateAsync(AssociateFloating command, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(command.InstanceId, origin.Host, command.Now, origin, situation => FloatingChanges.Associate(command, situation)), cancellation);

    /// <summary>A floating IP leads to it no more; others can have it after <see cref="ConfiguredAsync"/>. Refusals: see <see cref="FloatingChanges.Disassociate"/>.</summary>
    public Task<InstanceOutcome> DisassociateAsync(DisassociateFloating command, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(command.InstanceId, origin.Host, command.Now, origin, situation => FloatingChanges.Disassociate(command, situation)), cancellation);

    /// <summary>Takes back the floating IP that came last, since its host cannot be brought into that state: see <see cref="FloatingChanges.Withdrawn"/>.</summary>
    public Task<InstanceOutcome> WithdrawnFloatingAsync(Guid instanceId, long generation, DateTimeOffset now, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(instanceId, origin.Host, now, origin, situation => FloatingChanges.Withdrawn(generation, situation, now)), cancellation);

    /// <summary>The host is to let go of an instance that moves. Refusals: see <see cref="Moves.Leave"/>.</summary>
    public Task<InstanceOutcome> LeaveAsync(MoveInstance command, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(command.InstanceId, origin.Host, command.Now, origin, situation => Moves.Leave(command, situation), NamedHost: command.Destination), cancellation);

    /// <summary>The host has let go of it: see <see cref="Moves.Left"/>.</summary>
    public Task<InstanceOutcome> LeftAsync(Guid instanceId, bool endsLeases, DateTimeOffset now, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(instanceId, origin.Host, now, origin, situation => Moves.Left(endsLeases, situation, now), NeedsLeaving: true), cancellation);

    /// <summary>The destination takes over an instance that moves. Refusals: see <see cref="Moves.Arrive"/>. The host whose worker asks joins by it, if it is not known yet.</summary>
    public Task<InstanceOutcome> ArriveAsync(MoveInstance command, Origin origin, CancellationToken cancellation) => writer.SubmitAsync(
        new InstanceWork(command.InstanceId, origin.Host, command.Now, origin, situation => Moves.Arrive(command, situation), Joins: true, NeedsBlocks: true, NamedHost: command.Destination),
        cancellation);
}
