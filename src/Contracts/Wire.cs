namespace NovaNetBus.Contracts;

/// <summary>The names on the wire: exchanges, queues, types. The exchange tells a message's type.</summary>
public static class Wire
{
    /// <summary>Where an exchange sends what no worker's queue matches.</summary>
    public const string UnroutedExchange = "novanet.unrouted";

    /// <summary>The scheduler's queue: what was not routed, and events that carry no host.</summary>
    public const string SchedulerQueue = "novanet.scheduler";

    /// <summary>Request and reply for the operator's tool.</summary>
    public const string AdminQueue = "novanet.admin";

    /// <summary>Exchange of each event that a compute service publishes.</summary>
    public static IReadOnlyDictionary<Type, string> ComputeEvents { get; } = new Dictionary<Type, string>
    {
        [typeof(InstanceSpawning)] = "novanet.instance-spawning",
        [typeof(InstanceDeleted)] = "novanet.instance-deleted",
        [typeof(InstanceMigrating)] = "novanet.instance-migrating",
        [typeof(InstanceMigrated)] = "novanet.instance-migrated",
        [typeof(FixedIpAdd)] = "novanet.fixed-ip-add",
        [typeof(FixedIpRemove)] = "novanet.fixed-ip-remove",
        [typeof(FloatingAssociate)] = "novanet.floating-associate",
        [typeof(FloatingDisassociate)] = "novanet.floating-disassociate",
    };

    /// <summary>Exchange of each fact that NovaNetBus publishes.</summary>
    public static IReadOnlyDictionary<Type, string> Facts { get; } = new Dictionary<Type, string>
    {
        [typeof(HostNetworkConfigured)] = "novanet.host-network-configured",
        [typeof(InstanceNetworkFailed)] = "novanet.instance-network-failed",
        [typeof(InstanceNetworkReleased)] = "novanet.instance-network-released",
        [typeof(FloatingIpAssociated)] = "novanet.floating-ip-associated",
        [typeof(FloatingIpDisassociated)] = "novanet.floating-ip-disassociated",
        [typeof(FixedIpLeased)] = "novanet.fixed-ip-leased",
        [typeof(FixedIpLeaseEnded)] = "novanet.fixed-ip-lease-ended",
        [typeof(NetworkHostChanged)] = "novanet.network-host-changed",
    };

    /// <summary>What our own programs send straight to the queue of a host's worker, with this name as type. They have no exchange.</summary>
    public static IReadOnlyDictionary<Type, string> Internal { get; } = new Dictionary<Type, string>
    {
        [typeof(InstanceNetworkChanged)] = "novanet.instance-network-changed",
        [typeof(NetworkDutiesChanged)] = "novanet.network-duties-changed",
    };

    /// <summary>The queue of a host's worker.</summary>
    public static string WorkerQueue(string host) => "network." + host;

    /// <summary>Where a queue's unreadable or failing messages end, with the reason in their headers.</summary>
    public static string ErrorQueue(string queue) => queue + "_error";

    /// <summary>The exchange of a message type. Throws <see cref="KeyNotFoundException"/> for a type that has none.</summary>
    public static string ExchangeOf(Type message) =>
        ComputeEvents.TryGetValue(message, out var exchange) ? exchange : Facts[message];
}
