using NovaNetBus.Domain.HostPlan;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>The host that a worker looks after.</summary>
internal interface IHost
{
    /// <summary>
    /// All that is ours on the host, and what of <paramref name="wanted"/> is there (settings, and bridges and NICs that it names).
    /// What is there but not in order (a bridge that is off, a DHCP server that does not run) is not reported, so that it is added again.
    /// </summary>
    HostState Read(HostState wanted);

    /// <summary>
    /// Does the steps in the order of <see cref="HostDiff"/>, neighbours of a kind together. Safe to repeat. Goes on with the other
    /// steps when one fails, but for those of the same bridge, and for all when the settings or rules that guard everybody fail. Throws <see cref="HostApplyException"/>: the host is in between then,
    /// to be read again.
    /// </summary>
    void Apply(IReadOnlyList<HostAction> actions);

    /// <summary>
    /// The host answers for what it holds on lease until this moment of the monotonic clock (<see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>), and no longer,
    /// even if this process is no more. Does not wait for the other calls.
    /// </summary>
    void Renew(long until);

    /// <summary>Tells the neighbours that the host has these addresses, as far as it has them.</summary>
    void Announce(LeasedAddresses addresses);
}
