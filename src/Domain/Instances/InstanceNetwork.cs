using NovaNetBus.Domain.Addressing;

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

    /// <summary>It is gone; its host has not let go yet.</summary>
    Releasing,

    /// <summary>It is gone for good.</summary>
    Released,
}

/// <summary>One instance's network, folded from its stream.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="ProjectId">Its owner; null when only its deletion is known.</param>
/// <param name="Host">Its host.</param>
/// <param name="Hostname">Its own host name.</param>
/// <param name="Ports">Its NICs in the order of its networks; kept after release, to tell again what was released.</param>
/// <param name="Generation">Rises with each change of what its host must be.</param>
/// <param name="ConfiguredAt">UTC, when its host was ready; the same for each time that it is told. Kept after its end; null: never yet.</param>
/// <param name="ChangedAt">UTC.</param>
/// <param name="Failure">The last refusal, while <see cref="InstanceStatus.Failed"/>.</param>
public sealed record InstanceNetwork(
    Guid InstanceId, InstanceStatus Status, string? ProjectId, string? Host, string? Hostname, ValueList<Port> Ports, long Generation,
    DateTimeOffset? ConfiguredAt, DateTimeOffset ChangedAt, Refusal? Failure)
{
    /// <summary>True while ports of it may be on its host.</summary>
    public bool IsOnHost => Status is InstanceStatus.Allocated or InstanceStatus.Configured;

    /// <summary>The hosts that it has to do with: where something of it may be, or must come to be.</summary>
    public IReadOnlyCollection<string> Hosts => Host is null || Status is InstanceStatus.Failed or InstanceStatus.Released ? [] : [Host];

    /// <summary>The state after an event of this instance's stream.</summary>
    public static InstanceNetwork Evolve(InstanceNetwork? state, InstanceEvent change) => change switch
    {
        InstanceNetworkAllocated e => new InstanceNetwork(
            e.InstanceId, InstanceStatus.Allocated, e.ProjectId, e.Host, e.Hostname, e.Ports, (state?.Generation ?? 0) + 1, null, e.At, null),
        InstanceNetworkConfigured e => state! with { Status = InstanceStatus.Configured, ConfiguredAt = e.At, ChangedAt = e.At },
        InstanceNetworkRefused e => new InstanceNetwork(
            e.InstanceId, InstanceStatus.Failed, e.ProjectId, e.Host, e.Hostname, [], state?.Generation ?? 0, null, e.At, new Refusal(e.Code, e.Message, e.Retryable)),
        InstanceDeletionRequested e when state is null or { Status: InstanceStatus.Failed } => new InstanceNetwork(
            e.InstanceId, InstanceStatus.Released, state?.ProjectId, state?.Host, state?.Hostname, [], state?.Generation ?? 0, null, e.At, null),
        InstanceDeletionRequested e => state with { Status = InstanceStatus.Releasing, Generation = state.Generation + 1, ChangedAt = e.At },
        InstanceNetworkReleased e => state! with { Status = InstanceStatus.Released, ChangedAt = e.At },
        _ => throw new InvalidOperationException($"{change.GetType().Name} is not known"),
    };
}
