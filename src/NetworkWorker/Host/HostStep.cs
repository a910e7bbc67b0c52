using NovaNetBus.Domain.HostPlan;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>Neighbouring actions that are done as one: elements in one firewall transaction, hosts in one pass of dnsmasq; all others alone.</summary>
/// <param name="Actions">All of a kind.</param>
/// <param name="Elements">When the step replaces the rules: those that they are loaded with.</param>
internal sealed record HostStep(IReadOnlyList<HostAction> Actions, IReadOnlyList<FirewallElement> Elements)
{
    public bool IsRemoval => Actions[0] is HostAction.Remove;

    /// <summary>Without it nothing else may come: settings of the kernel, and the rules that guard everybody's ports.</summary>
    public bool HoldsUpAll => !IsRemoval && Actions[0].Resource is Sysctl or FirewallRules or FirewallElement;

    /// <summary>The bridge that rests on it, with all that comes later for it; null: nothing does.</summary>
    public string? Bridge => Actions[0].Resource switch
    {
        Bridge bridge => bridge.Name,
        BridgeAddress address => address.Bridge,
        BridgeIpv6 ipv6 => ipv6.Bridge,
        BridgeAddressV6 address => address.Bridge,
        Uplink uplink => uplink.Bridge,
        DhcpServer server => server.Bridge,
        DhcpHost host => host.Bridge,
        _ => null,
    };

    public bool ReplacesRules => !IsRemoval && Actions[0].Resource is FirewallRules;

    /// <summary>What this step takes away, what it changes included.</summary>
    public IReadOnlyList<T> Gone<T>()
        where T : HostResource =>
        [.. Actions.Select(action => action switch
        {
            HostAction.Remove => action.Resource,
            HostAction.Change change => change.Previous,
            _ => null,
        }).OfType<T>()];

    /// <summary>What this step brings, as it will be.</summary>
    public IReadOnlyList<T> Come<T>()
        where T : HostResource => [.. Actions.Where(action => action is not HostAction.Remove).Select(action => action.Resource).OfType<T>()];
}

/// <summary>Cuts a list of actions into steps.</summary>
internal static class HostSteps
{
    /// <summary>In the order of the actions. When the rules are replaced, the elements that come go with them, in the same transaction.</summary>
    public static IReadOnlyList<HostStep> Of(IReadOnlyList<HostAction> actions)
    {
        // A server that goes takes its answers along, without a word to each client.
        var leaving = actions.OfType<HostAction.Remove>().Select(action => action.Resource).OfType<DhcpServer>().Select(server => server.NetworkId).ToHashSet();
        actions = [.. actions.Where(action => action is not HostAction.Remove { Resource: DhcpHost host } || !leaving.Contains(host.NetworkId))];
        var replaces = actions.Any(action => action is not HostAction.Remove && action.Resource is FirewallRules);
        var coming = actions.Where(action => replaces && action is not HostAction.Remove && action.Resource is FirewallElement).ToHashSet();
        var steps = new List<List<HostAction>>();
        foreach (var action in actions.Where(action => !coming.Contains(action)))
        {
            if (steps.Count > 0 && GoTogether(steps[^1][0], action))
            {
                steps[^1].Add(action);
            }
            else
            {
                steps.Add([action]);
            }
        }

        return [.. steps.Select(step => new HostStep(step, step[0].Resource is FirewallRules ? [.. coming.Select(action => (FirewallElement)action.Resource)] : []))];
    }

    private static bool GoTogether(HostAction first, HostAction second) =>
        first.Resource is FirewallElement or DhcpHost && first.Resource.GetType() == second.Resource.GetType()
        && first is HostAction.Remove == second is HostAction.Remove
        && (first.Resource as DhcpHost)?.Bridge == (second.Resource as DhcpHost)?.Bridge;
}
