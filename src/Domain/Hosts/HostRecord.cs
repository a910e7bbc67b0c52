using System.Collections.Immutable;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;

namespace NovaNetBus.Domain.Hosts;

/// <summary>A host that has had a worker.</summary>
/// <param name="Name">Its name; its queue is <c>network.NAME</c>.</param>
/// <param name="Addresses">Its own address on each network that it serves, by network id.</param>
/// <param name="JoinedAt">UTC.</param>
public sealed record HostRecord(string Name, ImmutableDictionary<Guid, Ipv4> Addresses, DateTimeOffset JoinedAt)
{
    /// <summary>The networks that it has without an address of its own: it bridges them, and answers for their shared address where each host does.</summary>
    public ValueList<Guid> Bridged { get; init; } = [];

    /// <summary>True from its first instance on a network on, until it leaves that: with its last (teardown_unused_network_gateway), or when the network is deleted.</summary>
    public bool Has(Guid networkId) => Addresses.ContainsKey(networkId) || Bridged.Contains(networkId);

    /// <summary>An operator wants it to be the host of no network, until its worker starts anew.</summary>
    public bool IsDrained { get; init; }

    /// <summary>An operator has said that it is gone for good. A worker that starts there all the same makes it join anew.</summary>
    public bool IsRetired { get; init; }

    /// <summary>What its worker's options shape of it, as its worker started with them last; null: it has not told yet.</summary>
    public HostSettings? Settings { get; init; }

    /// <summary>Where its worker writes files (state_path); null as <see cref="Settings"/>.</summary>
    public string? StatePath { get; init; }

    /// <summary>The state after an event of this host's stream.</summary>
    public static HostRecord Evolve(HostRecord? state, HostEvent change) => change switch
    {
        HostJoined e when state is { IsRetired: true } => state with { IsRetired = false, IsDrained = false, JoinedAt = e.At },
        HostJoined e => state ?? new HostRecord(e.Host, ImmutableDictionary<Guid, Ipv4>.Empty, e.At),
        HostRetired => state! with { IsRetired = true, Addresses = state.Addresses.Clear(), Bridged = [] },
        HostServesNetwork e => state! with { Addresses = state.Addresses.SetItem(e.NetworkId, e.Address) },
        HostBridgesNetwork e => state! with { Bridged = [.. state.Bridged, e.NetworkId] },
        HostLeftNetwork e => state! with { Addresses = state.Addresses.Remove(e.NetworkId), Bridged = state.Bridged.Where(id => id != e.NetworkId).ToValueList() },
        HostDrained => state! with { IsDrained = true },
        HostResumed => state! with { IsDrained = false },
        HostReconciled => state!,
        HostSettingsChanged e => state! with { Settings = e.Settings, StatePath = e.StatePath },
        _ => throw new InvalidOperationException($"{change.GetType().Name} is not known"),
    };
}

/// <summary>What can happen to a host.</summary>
/// <param name="Host">Its name.</param>
/// <param name="At">UTC.</param>
public abstract record HostEvent(string Host, DateTimeOffset At);

/// <summary>Its worker started for the first time, or again after the host was retired.</summary>
public sealed record HostJoined(string Host, DateTimeOffset At) : HostEvent(Host, At);

/// <summary>Its worker started with other options than those that were recorded: without them nobody could say later what its rules and files were.</summary>
public sealed record HostSettingsChanged(string Host, HostSettings Settings, string StatePath, DateTimeOffset At) : HostEvent(Host, At);

/// <summary>Something was not as it had to be, and is now.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Occasion">start: its worker started; asked: networks came or went; drift: nobody had asked for a change; failure: a change had failed before.</param>
/// <param name="Count">How many steps it took.</param>
/// <param name="Actions">The first of them, as sentences.</param>
/// <param name="At">UTC.</param>
public sealed record HostReconciled(string Host, string Occasion, int Count, ValueList<string> Actions, DateTimeOffset At) : HostEvent(Host, At)
{
    /// <summary>How many sentences are kept at most.</summary>
    public const int MostActions = 100;
}

/// <summary>It has an address of its own on a network, as router and DHCP server.</summary>
public sealed record HostServesNetwork(string Host, Guid NetworkId, Ipv4 Address, DateTimeOffset At) : HostEvent(Host, At);

/// <summary>It has its first instance on a network where it needs no address of its own.</summary>
public sealed record HostBridgesNetwork(string Host, Guid NetworkId, DateTimeOffset At) : HostEvent(Host, At);

/// <summary>It is not to have that network any more; an address of its own there is free when it has let go of it.</summary>
public sealed record HostLeftNetwork(string Host, Guid NetworkId, DateTimeOffset At) : HostEvent(Host, At);

/// <summary>An operator wants it to be the host of no network: its networks go to others, and no other comes to it.</summary>
public sealed record HostDrained(string Host, DateTimeOffset At) : HostEvent(Host, At);

/// <summary>It is gone for good: it has no address of its own any more, and nothing comes to it.</summary>
public sealed record HostRetired(string Host, DateTimeOffset At) : HostEvent(Host, At);

/// <summary>Its worker has started anew after it was drained: networks may come to it again.</summary>
public sealed record HostResumed(string Host, DateTimeOffset At) : HostEvent(Host, At);
