using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.Instances;

/// <summary>Where an instance's network stands.</summary>
public enum InstanceStatus
{
    /// <summary>Refused; the same message may be tried again.</summary>
    Failed,

    /// <summary>It has addresses; its host is not ready yet.</summary>
    Allocated,

    /// <summary>Its host is ready.</summary>
    Configured,

    /// <summary>It moves; its host has not let go yet.</summary>
    Moving,

    /// <summary>It moves; its last host has let go, and it has not arrived at the next.</summary>
    Away,

    /// <summary>It is gone; its host has not let go yet.</summary>
    Releasing,

    /// <summary>It is gone for good.</summary>
    Released,
}

/// <summary>A NIC as its segment knows it.</summary>
public readonly record struct Nic(Guid NetworkId, MacAddress Mac);

/// <summary>One instance's network, folded from its stream.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="ProjectId">Its owner; null when only its deletion is known.</param>
/// <param name="Host">Its host.</param>
/// <param name="Hostname">Its own host name.</param>
/// <param name="Ports">
/// Its NICs in the order of its networks, once for each address; the first address of a NIC is the one that DHCP offers it. Kept after release, to tell again what was released.
/// </param>
/// <param name="Generation">Rises with each change of what its host must be.</param>
/// <param name="ConfiguredAt">UTC, when its host was ready; the same for each time that it is told. Kept after its end; null: never yet.</param>
/// <param name="ChangedAt">UTC.</param>
/// <param name="Failure">The last refusal, while <see cref="InstanceStatus.Failed"/>.</param>
public sealed record InstanceNetwork(
    Guid InstanceId, InstanceStatus Status, string? ProjectId, string? Host, string? Hostname, ValueList<Port> Ports, long Generation,
    DateTimeOffset? ConfiguredAt, DateTimeOffset ChangedAt, Refusal? Failure)
{
    private const int RequestsKept = 16;

    /// <summary>It is its project's VPN instance: it may send for others, and is reached from outside.</summary>
    public bool IsVpn { get; init; }

    /// <summary>
    /// A worker looks after its host. False: none does, the compute service plugs by itself, and only the hosts of its networks follow (ADR 30); so while it is on its way too.
    /// </summary>
    public bool IsAttended { get; init; } = true;

    /// <summary>What was taken from it while it goes on, or never came to be, and its host has not let go of yet.</summary>
    public ValueList<Port> Leaving { get; init; } = [];

    /// <summary>The address that came last while it ran, until its host is ready for it.</summary>
    public Ipv4? Coming { get; init; }

    /// <summary>The floating IPs that lead to it, in the order in which they came. Kept after release, as its ports are.</summary>
    public ValueList<AssociatedIp> Floatings { get; init; } = [];

    /// <summary>Those that do not any more, or never came to, and that its host has not let go of yet.</summary>
    public ValueList<LeavingIp> LeavingFloatings { get; init; } = [];

    /// <summary>The floating IP that came last, until its host is ready for it; it goes back to its pool if that cannot be.</summary>
    public InstanceFloatingIpAssociated? ComingFloating { get; init; }

    /// <summary>Where it is to arrive, while its host has not let go of it; null: it does not move.</summary>
    public string? MovingTo { get; init; }

    /// <summary>The hosts that are ready for the present generation while others are not yet.</summary>
    public ValueList<string> Ready { get; init; } = [];

    /// <summary>Ids of the messages that changed its addresses last, so that none is followed twice.</summary>
    public ValueList<string> Requests { get; init; } = [];

    /// <summary>True while its host has something to let go of, although it goes on or never came to be.</summary>
    public bool IsLettingGo => Leaving.Count + LeavingFloatings.Count > 0;

    /// <summary>True while ports of it may be on its host.</summary>
    public bool IsOnHost => Status is InstanceStatus.Allocated or InstanceStatus.Configured;

    /// <summary>True while it moves: it has its addresses, but nothing can be done to it.</summary>
    public bool IsOnItsWay => Status is InstanceStatus.Moving or InstanceStatus.Away;

    /// <summary>How many fixed IPs it has, as its project's quota counts them: none any more once its deletion was asked for (nova).</summary>
    public int QuotaUse => IsOnHost || IsOnItsWay ? Ports.Count : 0;

    /// <summary>The hosts that it has to do with: where something of it may be, or must come to be.</summary>
    public IReadOnlyCollection<string> ConcernedHosts() => Host is not null && (IsOnHost || Status is InstanceStatus.Moving or InstanceStatus.Releasing || Leaving.Count > 0) ? [Host] : [];

    /// <summary>True when the worker of this host may change it: that of its own host; of an unattended one any, as it is nobody's.</summary>
    public bool IsInHandsOf(string host) => !IsAttended || Host == host;

    /// <summary>The host whose worker's options shape what is told of it: its own, or, if it is not attended, the one that serves its first network. Null: not known.</summary>
    /// <param name="networks">All, or those of its ports.</param>
    public string? ShapedBy(IEnumerable<Network> networks) =>
        IsAttended || Ports.Count == 0 ? Host : networks.FirstOrDefault(network => network.Id == Ports[0].NetworkId)?.Host;

    /// <summary>The hosts that must follow a change of it: its own, if a worker looks after that, and those that alone serve a network of it.</summary>
    /// <param name="networks">All, or those of its ports.</param>
    public IReadOnlyList<string> HostsToFollow(IEnumerable<Network> networks)
    {
        var ids = Ports.Concat(Leaving).Select(port => port.NetworkId).ToHashSet();
        return [.. networks.Where(network => network.HasOneHost && ids.Contains(network.Id)).Select(network => network.Host).Prepend(IsAttended ? Host : null).OfType<string>().Distinct()];
    }

    /// <summary>True while its last change waits for this host: it must follow, or it has and all others have too, of which nobody has told since one of them was relieved.</summary>
    /// <param name="host">Which.</param>
    /// <param name="networks">All, or those of its ports.</param>
    public bool WaitsFor(string host, IEnumerable<Network> networks)
    {
        var hosts = HostsToFollow(networks);
        return (Status is InstanceStatus.Allocated or InstanceStatus.Releasing || IsLettingGo)
            && hosts.Contains(host) && (!Ready.Contains(host) || hosts.All(Ready.Contains));
    }

    /// <summary>Those on its host, and those that its host has not let go of yet: their MAC addresses are nobody else's.</summary>
    public IEnumerable<Nic> Nics => (IsOnHost || IsOnItsWay || Status == InstanceStatus.Releasing ? Ports.Concat(Leaving) : Leaving).Select(port => new Nic(port.NetworkId, port.Mac)).Distinct();

    /// <summary>The state after an event of this instance's stream.</summary>
    public static InstanceNetwork Evolve(InstanceNetwork? state, InstanceEvent change) => change switch
    {
        InstanceNetworkAllocated e => new InstanceNetwork(
            e.InstanceId, InstanceStatus.Allocated, e.ProjectId, e.Host, e.Hostname, e.Ports, (state?.Generation ?? 0) + 1, null, e.At, null)
        {
            IsVpn = e.IsVpn,
            IsAttended = e.IsAttended,
            Leaving = state?.Leaving ?? [],
            Floatings = e.Floatings,
            LeavingFloatings = state?.LeavingFloatings ?? [],
        },
        InstanceHostReady e => state! with { Ready = [.. state.Ready, e.Host] },
        InstanceNetworkConfigured e => state! with { Status = InstanceStatus.Configured, Ready = [], Coming = null, ComingFloating = null, ConfiguredAt = e.At, ChangedAt = e.At },
        InstanceNetworkRefused e => new InstanceNetwork(
            e.InstanceId, InstanceStatus.Failed, e.ProjectId, e.Host, e.Hostname, [], state?.Generation ?? 0, null, e.At, new Refusal(e.Code, e.Message, e.Retryable))
        {
            IsAttended = state?.IsAttended ?? true,
            Leaving = [.. state?.Leaving ?? [], .. state?.Ports ?? []],
            LeavingFloatings = [.. state?.LeavingFloatings ?? [], .. (state?.Floatings ?? []).Select(floating => LeavingIp.Along(floating) with { NeverLed = true })],
        },
        InstanceDeletionRequested e when state is null or { Status: InstanceStatus.Failed, Leaving.Count: 0 } => new InstanceNetwork(
            e.InstanceId, InstanceStatus.Released, state?.ProjectId, state?.Host, state?.Hostname, [], state?.Generation ?? 0, null, e.At, null),
        InstanceDeletionRequested e => state with { Status = InstanceStatus.Releasing, MovingTo = null, Generation = state.Generation + 1, Ready = [], ChangedAt = e.At },
        InstanceNetworkReleased e => state! with { Status = InstanceStatus.Released, Leaving = [], LeavingFloatings = [], ChangedAt = e.At },
        InstanceFixedIpAdded e => state!.Changed(e.At, e.Request) with { Ports = With(state.Ports, e.Port), Coming = e.Port.Address },
        InstanceFixedIpRemoved e => state!.Changed(e.At, e.Request) with
        {
            Coming = state.Coming == e.Address ? null : state.Coming,
            Ports = state.Ports.Where(port => port.Address != e.Address).ToValueList(),
            Leaving = [.. state.Leaving, .. state.Ports.Where(port => port.Address == e.Address)],
            Floatings = state.Floatings.Where(floating => floating.FixedIp != e.Address).ToValueList(),
            LeavingFloatings = [.. state.LeavingFloatings, .. state.Floatings.Where(floating => floating.FixedIp == e.Address).Select(LeavingIp.Along)],
        },
        InstanceFixedIpsReleased e => state! with { Leaving = state.Leaving.Where(port => !e.Addresses.Contains(port.Address)).ToValueList() },
        InstanceMoving e => state!.Changed(e.At, null) with { Status = InstanceStatus.Moving, MovingTo = e.Destination, Coming = null, ComingFloating = null },
        InstanceLeftHost e => state! with { Status = InstanceStatus.Away, Host = state.MovingTo, IsAttended = false, MovingTo = null, ChangedAt = e.At },
        InstanceMoved e => state!.Changed(e.At, null) with { Host = e.Host, IsAttended = e.IsAttended },
        InstanceAttended => state! with { IsAttended = true },
        InstanceFloatingIpAssociated e => state!.Changed(e.At, null) with { Floatings = [.. state.Floatings, e.Floating], ComingFloating = e },
        InstanceFloatingIpDisassociated e => state!.Changed(e.At, null) with
        {
            ComingFloating = state.IsComing(e.Address) ? null : state.ComingFloating,
            Floatings = state.Floatings.Where(floating => floating.Address != e.Address).ToValueList(),
            LeavingFloatings = [.. state.LeavingFloatings, .. state.Floatings.Where(floating => floating.Address == e.Address).Select(floating => new LeavingIp(floating, e.Releases, e.Request) { NeverLed = state.IsComing(e.Address) })],
        },
        InstanceFloatingIpsLeft e => state! with { LeavingFloatings = state.LeavingFloatings.Where(leaving => !e.Addresses.Contains(leaving.Floating.Address)).ToValueList() },
        _ => throw new InvalidOperationException($"{change.GetType().Name} is not known"),
    };

    /// <summary>The addresses of one NIC stay together.</summary>
    private static ValueList<Port> With(ValueList<Port> ports, Port added)
    {
        var list = ports.ToList();
        var last = list.FindLastIndex(port => port.VifId == added.VifId);
        list.Insert(last < 0 ? list.Count : last + 1, added);
        return list.ToValueList();
    }

    private bool IsComing(Ipv4 floating) => ComingFloating?.Floating.Address == floating;

    /// <summary>Its host must follow.</summary>
    private InstanceNetwork Changed(DateTimeOffset at, string? request) => this with
    {
        Status = InstanceStatus.Allocated,
        Generation = Generation + 1,
        Ready = [],
        ChangedAt = at,
        Requests = request is null ? Requests : Requests.Append(request).TakeLast(RequestsKept).ToValueList(),
    };
}
