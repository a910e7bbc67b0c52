using NovaNetBus.Domain.HostPlan;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>The message, and the instance that it is about, for whose sake a host changes.</summary>
internal sealed record Cause(string? MessageId, Guid InstanceId);

/// <summary>A small part of a host's desired state: what must be there and what must not. Its cost does not depend on the rest of the host.</summary>
internal sealed record HostChange(HostState Wanted, IReadOnlyList<string> Gone, Cause Cause)
{
    /// <summary>These ports and all that they need come.</summary>
    public static HostChange Coming(HostView view, Cause cause) => new(HostPlanner.Plan(view), [], cause);

    /// <summary>These ports and floating IPs go; what they share with others stays.</summary>
    public static HostChange Going(HostView view, Cause cause) => new(HostState.Empty, KeysOf(HostPlanner.PlanOfOwn(view)), cause);

    /// <summary>Ports and floating IPs become others, such as fewer; what they share with others stays.</summary>
    public static HostChange Becoming(HostView before, HostView after, Cause cause)
    {
        var wanted = HostPlanner.Plan(after);
        return new(wanted, [.. KeysOf(HostPlanner.PlanOfOwn(before)).Where(key => wanted.Find(key) is null)], cause);
    }

    private static IReadOnlyList<string> KeysOf(HostState state) => [.. state.Resources.Select(resource => resource.Key)];

    /// <summary>True when the step is for the sake of this change.</summary>
    public bool Explains(HostAction step) => Wanted.Find(step.Resource.Key) is not null || Gone.Contains(step.Resource.Key);

    /// <summary>The steps that a host of this state needs.</summary>
    public static IReadOnlyList<HostAction> Steps(IReadOnlyCollection<HostChange> changes, HostState known)
    {
        var wanted = HostState.Of(changes.SelectMany(change => change.Wanted.Resources));
        var keys = changes.SelectMany(change => change.Gone).Concat(wanted.Resources.Select(resource => resource.Key));
        return HostDiff.Between(wanted, known.Restrict(keys));
    }
}
