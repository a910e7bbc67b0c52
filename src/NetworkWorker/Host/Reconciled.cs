using NovaNetBus.Domain.HostPlan;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>What a full reconcile came to.</summary>
/// <param name="Left">The steps that could not be done; none: all is as planned.</param>
/// <param name="Unsettled">The networks that lack something because of that.</param>
internal sealed record Reconciled(IReadOnlyList<HostAction> Left, IReadOnlySet<Guid> Unsettled)
{
    /// <summary>All is as planned.</summary>
    public static Reconciled InFull { get; } = new([], new HashSet<Guid>());

    /// <summary>For a host of this view that came no further than <paramref name="actual"/>.</summary>
    public static Reconciled Of(HostView view, HostState desired, HostState actual)
    {
        var left = HostDiff.Between(desired, actual);
        var keys = left.Select(step => step.Resource.Key).ToHashSet();
        return new Reconciled(left, view.Networks.Where(served => PlanOf(view, served).Resources.Any(resource => keys.Contains(resource.Key))).Select(served => served.Network.Id).ToHashSet());
    }

    private static HostState PlanOf(HostView view, ServedNetwork served)
    {
        var id = served.Network.Id;
        return HostPlanner.Plan(new HostView(view.Host, view.Settings, [served], [.. view.Ports.Where(port => port.NetworkId == id)])
        {
            Floatings = [.. view.Floatings.Where(floating => floating.NetworkId == id)],
        });
    }
}
