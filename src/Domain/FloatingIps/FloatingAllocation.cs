using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Instances;

namespace NovaNetBus.Domain.FloatingIps;

/// <summary>A project wants an address of a pool.</summary>
/// <param name="ProjectId">1 to 255 characters.</param>
/// <param name="Pool">Which.</param>
/// <param name="DefaultQuota">Of projects that have none of their own; -1: no limit.</param>
/// <param name="Now">UTC.</param>
public sealed record AllocateFloating(string ProjectId, string Pool, int DefaultQuota, DateTimeOffset Now);

/// <summary>Who gets which address of a pool, and gives it back.</summary>
public static class FloatingAllocation
{
    /// <summary>The address that has rested longest in its block. Codes: those of <see cref="FloatingDecisions.NoneFree"/> and <see cref="FloatingDecisions.QuotaFault"/>.</summary>
    public static InstanceDecision Allocate(AllocateFloating command, InstanceSituation situation) => Take(command, situation, out var place) ?? new InstanceDecision.Decided
    {
        Floatings = [Allocated(command, place)],
        Floating = place.Floating.Address,
    };

    /// <summary>A project gives its address back. Codes: floating-ip-not-found and those of <see cref="FloatingDecisions.Release"/>.</summary>
    public static InstanceDecision Release(string address, string projectId, InstanceSituation situation, DateTimeOffset now)
    {
        if (Find(address, situation, out var place) is { } stop)
        {
            return stop;
        }

        return FloatingDecisions.Release(place.Block, place.Floating, projectId, now) switch
        {
            Decision<FloatingBlockEvent>.Accepted accepted => new InstanceDecision.Decided { Floatings = accepted.Events, Floating = place.Floating.Address },
            Decision<FloatingBlockEvent>.Refused refused => new InstanceDecision.Refused(refused.Refusal, null),
            _ => throw new InvalidOperationException("a decision is accepted or refused"),
        };
    }

    /// <summary>The free address that the project would get, within its quota; else what stops that: a refusal, or what must be loaded first.</summary>
    internal static InstanceDecision? Take(AllocateFloating command, InstanceSituation situation, out FloatingPlace place)
    {
        place = null!;
        if (!situation.Floatings.Projects.TryGetValue(command.ProjectId, out var project))
        {
            return new InstanceDecision.NeedsProjectFloatings(command.ProjectId);
        }

        return FloatingDecisions.QuotaFault(command.ProjectId, project.Quota ?? command.DefaultQuota, project.Used) is { } fault
            ? new InstanceDecision.Refused(fault, null)
            : TakeFree(command.Pool, situation, out place);
    }

    /// <summary>As <see cref="Take"/>, whatever the project's quota.</summary>
    internal static InstanceDecision? TakeFree(string pool, InstanceSituation situation, out FloatingPlace place)
    {
        place = null!;
        if (!situation.Floatings.Free.TryGetValue(pool, out var offer))
        {
            return new InstanceDecision.NeedsFreeFloating(pool);
        }

        if (offer.Block is not { } key)
        {
            return new InstanceDecision.Refused(FloatingDecisions.NoneFree(pool, offer.PoolExists), null);
        }

        if (situation.Floatings.Blocks.GetValueOrDefault(key)?.NextFree is not { } free)
        {
            return new InstanceDecision.NeedsFreeFloating(pool);
        }

        place = new FloatingPlace(key, free);
        return null;
    }

    /// <summary>The address that is named; else what stops that.</summary>
    internal static InstanceDecision? Find(string text, InstanceSituation situation, out FloatingPlace place)
    {
        place = null!;
        if (!Ipv4.TryParse(text, out var address))
        {
            return new InstanceDecision.Refused(FloatingDecisions.NotFound(text), null);
        }

        if (!situation.Floatings.Read.Contains(FloatingKey.FirstOf(address)))
        {
            return new InstanceDecision.NeedsFloatings(FloatingKey.FirstOf(address));
        }

        if (situation.Floatings.Find(address) is not { } found)
        {
            return new InstanceDecision.Refused(FloatingDecisions.NotFound(text), null);
        }

        place = found;
        return null;
    }

    internal static FloatingBlockEvent Allocated(AllocateFloating command, FloatingPlace place) =>
        new(place.Block, new FloatingIpAllocated(place.Floating.Address, command.ProjectId, AutoAssigned: false, command.Now));
}
