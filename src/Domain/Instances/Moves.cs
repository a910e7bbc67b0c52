using NovaNetBus.Domain.FixedIps;

namespace NovaNetBus.Domain.Instances;

/// <summary>An instance moves to another host.</summary>
/// <param name="InstanceId">Which.</param>
/// <param name="Destination">Where to.</param>
/// <param name="Now">UTC.</param>
/// <param name="HostsServe">False with FlatManager: hosts have no addresses of their own.</param>
public sealed record MoveInstance(Guid InstanceId, string Destination, DateTimeOffset Now, bool HostsServe = true);

/// <summary>
/// An instance that moves has its addresses all the while, and no host or one host that has it: the old one lets go, that is recorded, and then the new one takes over.
/// </summary>
public static class Moves
{
    /// <summary>
    /// Its host is to let go of it: see <see cref="Left"/>. Nothing when it has left already, or is where it is to be. Codes: instance-not-found, instance-deleted, invalid-message,
    /// host-not-found (of a destination without a worker, see <see cref="UnattendedHost"/>).
    /// </summary>
    public static InstanceDecision Leave(MoveInstance command, InstanceSituation situation) => situation.State switch
    {
        null or { Status: InstanceStatus.Failed } or { Status: InstanceStatus.Releasing or InstanceStatus.Released } => Gone(command.InstanceId, situation.State),
        { IsOnHost: true } state when state.Host == command.Destination => InstanceDecision.Unchanged,
        { IsOnHost: true } state when state.IsInHandsOf(situation.Host.Name) => NoWorker(command, state, situation) is { } needsWorker
            ? new InstanceDecision.Refused(needsWorker, null)
            : new InstanceDecision.Decided { Instance = [new InstanceMoving(command.Destination, command.Now)] },
        { IsOnHost: true } state => new InstanceDecision.Refused(
            new Refusal("invalid-message", $"Instance {command.InstanceId} is on host {state.Host}; publish this with that host as source and routing key."), null),
        _ => InstanceDecision.Unchanged,
    };

    /// <summary>The host has let go of an instance that moves, and of all that was leaving it. <paramref name="endsLeases"/> is as for <see cref="InstanceDecisions.Released"/>.</summary>
    public static InstanceDecision Left(bool endsLeases, InstanceSituation situation, DateTimeOffset now) => situation.State switch
    {
        { Status: InstanceStatus.Moving } state when state.IsInHandsOf(situation.Host.Name) => HeldAddresses.Change(
            state.Leaving, situation, used => HeldAddresses.LetGo(used, endsLeases, now),
            blocks => HeldFloatings.Left(
                state, state.LeavingFloatings, situation, now,
                floatings => new InstanceDecision.Decided
                {
                    Instance = [.. InstanceDecisions.Left(state, now), new InstanceLeftHost(state.Host!, now)],
                    Blocks = blocks,
                    Floatings = floatings,
                })),
        _ => InstanceDecision.Unchanged,
    };

    /// <summary>
    /// The destination takes over an instance that its last host has let go of, with an address of its own where its networks want that. Nothing when it has it already. Another host's
    /// worker may say so for a destination without one. Codes: instance-not-found, instance-deleted, instance-moving (its last host has not let go yet), no-more-fixed-ips,
    /// host-not-found, invalid-message.
    /// </summary>
    public static InstanceDecision Arrive(MoveInstance command, InstanceSituation situation) => situation.State switch
    {
        null or { Status: InstanceStatus.Failed } or { Status: InstanceStatus.Releasing or InstanceStatus.Released } => Gone(command.InstanceId, situation.State),
        { IsOnHost: true } state when state.Host == command.Destination => InstanceDecision.Unchanged,
        _ when command.Destination != situation.Host.Name && !situation.LacksWorker => new InstanceDecision.Refused(InstanceDecisions.Attended(command.Destination), null),
        { Status: InstanceStatus.Away } state => TakeOver(command, state, situation),
        _ => new InstanceDecision.Refused(OnItsWay(command.InstanceId), null),
    };

    /// <summary>Nothing else can be done to it now.</summary>
    internal static Refusal OnItsWay(Guid instanceId) =>
        new("instance-moving", $"Instance {instanceId} is on its way to another host, or being deleted; try again when it has arrived.", Retryable: true);

    private static InstanceDecision TakeOver(MoveInstance command, InstanceNetwork state, InstanceSituation situation)
    {
        if (NoWorker(command, state, situation) is { } needsWorker)
        {
            return new InstanceDecision.Refused(needsWorker, null);
        }

        var host = command.Destination;
        var isAttended = host == situation.Host.Name;
        var owner = new NicOwner(state.InstanceId, state.ProjectId!, host, state.Hostname ?? "", Guid.Empty, command.Now, command.HostsServe, IsAttended: isAttended);
        var allocation = new Allocation(owner, state.Ports, situation);
        var networks = state.Ports.Select(port => port.NetworkId).Distinct().Select(id => situation.Networks.FirstOrDefault(network => network.Id == id));
        return allocation.HostAddresses(networks.OfType<Networks.Network>()) ?? HeldAddresses.Change(
            state.Ports, situation, used => [new FixedIpMoved(used.Address, host, command.Now)],
            blocks => new InstanceDecision.Decided
            {
                Instance = [new InstanceMoved(host, command.Now) { IsAttended = isAttended }],
                Blocks = [.. allocation.Blocks, .. blocks],
                Hosts = allocation.Hosts,
            });
    }

    private static Refusal? NoWorker(MoveInstance command, InstanceNetwork state, InstanceSituation situation) => situation.LacksWorker
        ? UnattendedHost.WhyNot(command.Destination, situation.Networks.Where(network => state.Ports.Any(port => port.NetworkId == network.Id)))
        : null;

    private static InstanceDecision.Refused Gone(Guid instanceId, InstanceNetwork? state) => new(
        state is null or { Status: InstanceStatus.Failed }
            ? new Refusal("instance-not-found", $"Instance {instanceId} has no network; publish its spawning first.")
            : InstanceDecisions.Deleted(instanceId),
        null);
}
