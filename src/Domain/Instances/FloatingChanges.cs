using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FloatingIps;

namespace NovaNetBus.Domain.Instances;

/// <summary>A floating IP is to lead to an instance.</summary>
/// <param name="InstanceId">Which.</param>
/// <param name="ProjectId">The project that must own both.</param>
/// <param name="FloatingIp">Null: one is allocated, unless one of the pool leads there already.</param>
/// <param name="Pool">To allocate from.</param>
/// <param name="FixedIp">Where it is to lead; null: to the instance's first.</param>
/// <param name="DefaultQuota">Of projects that have none of their own; -1: no limit.</param>
/// <param name="Now">UTC.</param>
public sealed record AssociateFloating(Guid InstanceId, string ProjectId, string? FloatingIp, string Pool, string? FixedIp, int DefaultQuota, DateTimeOffset Now);

/// <summary>A floating IP is not to lead to an instance any more.</summary>
/// <param name="InstanceId">Which.</param>
/// <param name="Address">The floating IP.</param>
/// <param name="Request">The id of the message; null: it has none.</param>
/// <param name="Now">UTC.</param>
public sealed record DisassociateFloating(Guid InstanceId, Ipv4 Address, string? Request, DateTimeOffset Now);

/// <summary>Floating IPs that come and go while the instance runs.</summary>
public static class FloatingChanges
{
    /// <summary>
    /// By the host that has the instance. One that leads elsewhere must be taken from there first: see <see cref="FloatingWays"/>. Codes: instance-not-found, instance-deleted,
    /// instance-moving, forbidden, fixed-ip-invalid, fixed-ip-not-found-for-specific-instance, floating-ip-not-found, floating-ip-associated, and those of
    /// <see cref="FloatingAllocation.Allocate"/>.
    /// </summary>
    public static InstanceDecision Associate(AssociateFloating command, InstanceSituation situation)
    {
        if (TargetFault(command, situation.State, out var fixedIp) is { } fault)
        {
            return new InstanceDecision.Refused(fault, null);
        }

        var state = situation.State!;
        if (!state.IsInHandsOf(situation.Host.Name))
        {
            return new InstanceDecision.Refused(Moves.OnItsWay(state.InstanceId), null);
        }

        return command.FloatingIp is { } named ? AssociateNamed(named, fixedIp, command, state, situation) : AssociateAny(fixedIp, command, state, situation);
    }

    /// <summary>
    /// By the host that has the instance; of one that is on no host, by any. It is free for others when the host has let go of it: see <see cref="InstanceDecisions.Configured"/>.
    /// Codes: floating-ip-not-associated, instance-moving.
    /// </summary>
    public static InstanceDecision Disassociate(DisassociateFloating command, InstanceSituation situation)
    {
        var state = situation.State;
        if (state?.LeavingFloatings.Any(leaving => leaving.Floating.Address == command.Address) == true)
        {
            return new InstanceDecision.Decided { Floating = command.Address };
        }

        if (state?.Floatings.Any(floating => floating.Address == command.Address) != true)
        {
            return new InstanceDecision.Refused(FloatingWays.NotAssociated(command.Address), null);
        }

        return state.IsOnHost && state.IsInHandsOf(situation.Host.Name)
            ? new InstanceDecision.Decided
            {
                Instance = [new InstanceFloatingIpDisassociated(command.Address, Releases: false, command.Request, command.Now)],
                Floating = command.Address,
            }
            : new InstanceDecision.Refused(Moves.OnItsWay(state.InstanceId), null);
    }

    /// <summary>The host cannot be brought into the state of this generation: the floating IP that came last is taken back.</summary>
    public static InstanceDecision Withdrawn(long generation, InstanceSituation situation, DateTimeOffset now) => situation.State switch
    {
        { Status: InstanceStatus.Allocated, ComingFloating: { } coming } state when state.Generation == generation => new InstanceDecision.Decided
        {
            Instance = [new InstanceFloatingIpDisassociated(coming.Floating.Address, coming.Allocated, null, now)],
            Floating = coming.Floating.Address,
        },
        _ => InstanceDecision.Unchanged,
    };

    /// <summary>Why a floating IP cannot lead to this instance, whichever it is; else the fixed IP that it would lead to.</summary>
    internal static Refusal? TargetFault(AssociateFloating command, InstanceNetwork? instance, out Ipv4 fixedIp)
    {
        fixedIp = default;
        return instance switch
        {
            null or { Status: InstanceStatus.Failed } => new Refusal("instance-not-found", $"Instance {command.InstanceId} has no network; publish its spawning first."),
            { Status: InstanceStatus.Releasing or InstanceStatus.Released } => InstanceDecisions.Deleted(command.InstanceId),
            { IsOnHost: false } => Moves.OnItsWay(command.InstanceId),
            _ when instance.ProjectId != command.ProjectId => new Refusal("forbidden", $"Instance {command.InstanceId} does not belong to project {command.ProjectId}."),
            _ => FixedIpFault(command, instance, out fixedIp),
        };
    }

    private static Refusal? FixedIpFault(AssociateFloating command, InstanceNetwork instance, out Ipv4 fixedIp)
    {
        fixedIp = instance.Ports.Count > 0 ? instance.Ports[0].Address : default;
        if (command.FixedIp is { } text && !Ipv4.TryParse(text, out fixedIp))
        {
            return new Refusal("fixed-ip-invalid", $"'{text}' is not an IPv4 address.");
        }

        var wanted = fixedIp;
        return instance.Ports.Any(port => port.Address == wanted)
            ? null
            : new Refusal(
                "fixed-ip-not-found-for-specific-instance",
                $"Instance {command.InstanceId} has no address {command.FixedIp}; see 'novanet instance show {command.InstanceId}'.");
    }

    private static InstanceDecision AssociateNamed(string named, Ipv4 fixedIp, AssociateFloating command, InstanceNetwork state, InstanceSituation situation)
    {
        if (FloatingAllocation.Find(named, situation, out var place) is { } stop)
        {
            return stop;
        }

        if (FloatingDecisions.OwnerFault(place.Floating, command.ProjectId) is { } fault)
        {
            return new InstanceDecision.Refused(fault, null);
        }

        if (state.Floatings.Any(floating => floating.Address == place.Floating.Address && floating.FixedIp == fixedIp))
        {
            return new InstanceDecision.Decided { Floating = place.Floating.Address };
        }

        return place.Floating.InstanceId is { } holder
            ? new InstanceDecision.Refused(new Refusal(
                "floating-ip-associated", $"{place.Floating.Address} is associated with instance {holder}; disassociate it first.", Retryable: true), null)
            : Leads(place, fixedIp, command, state, allocates: false);
    }

    private static InstanceDecision AssociateAny(Ipv4 fixedIp, AssociateFloating command, InstanceNetwork state, InstanceSituation situation)
    {
        if (state.Floatings.FirstOrDefault(floating => floating.FixedIp == fixedIp && floating.Pool == command.Pool && !floating.AutoAssigned) is { } there)
        {
            return new InstanceDecision.Decided { Floating = there.Address };
        }

        var allocation = new AllocateFloating(command.ProjectId, command.Pool, command.DefaultQuota, command.Now);
        return FloatingAllocation.Take(allocation, situation, out var place) ?? Leads(place, fixedIp, command, state, allocates: true);
    }

    private static InstanceDecision.Decided Leads(FloatingPlace place, Ipv4 fixedIp, AssociateFloating command, InstanceNetwork state, bool allocates)
    {
        var address = place.Floating.Address;
        var associated = new FloatingBlockEvent(place.Block, new FloatingIpAssociated(address, fixedIp, state.InstanceId, state.Host!, command.Now));
        return new InstanceDecision.Decided
        {
            Instance = [new InstanceFloatingIpAssociated(new AssociatedIp(address, place.Block.Pool, place.Floating.Interface, fixedIp, false), allocates, command.Now)],
            Floatings = allocates
                ? [new FloatingBlockEvent(place.Block, new FloatingIpAllocated(address, command.ProjectId, AutoAssigned: false, command.Now)), associated]
                : [associated],
            Floating = address,
        };
    }
}
