using NovaNetBus.Domain.HostPlan;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>A small part of a host's desired state: what must be there and what must not. Its cost does not depend on the rest of the host.</summary>
internal sealed record HostChange(HostState Wanted, IReadOnlyList<string> Gone)
{
    /// <summary>These ports and all that they need come.</summary>
    public static HostChange Coming(HostView view) => new(HostPlanner.Plan(view), []);

    /// <summary>These ports go; what they share with others stays.</summary>
    public static HostChange Going(HostView view)
    {
        var shared = HostPlanner.Plan(view with { Ports = [] });
        return new(HostState.Empty, [.. HostPlanner.Plan(view).Resources.Select(resource => resource.Key).Where(key => shared.Find(key) is null)]);
    }

    /// <summary>The steps that a host of this state needs.</summary>
    public static IReadOnlyList<HostAction> Steps(IReadOnlyCollection<HostChange> changes, HostState known)
    {
        var wanted = HostState.Of(changes.SelectMany(change => change.Wanted.Resources));
        var keys = changes.SelectMany(change => change.Gone).Concat(wanted.Resources.Select(resource => resource.Key));
        return HostDiff.Between(wanted, known.Restrict(keys));
    }
}
