using NovaNetBus.Domain.HostPlan;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>The host of option fake_network: remembers what would have been done, and touches nothing.</summary>
internal sealed class DryRunHost : IHost
{
    private HostState state = HostState.Empty;

    public HostState Read(HostState wanted) => state;

    public void Apply(IReadOnlyList<HostAction> actions) => state = state.After(actions);

    public void Renew(long until)
    {
    }

    public void Announce(LeasedAddresses addresses)
    {
    }
}
