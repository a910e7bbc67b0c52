using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Domain.Projects;
using NovaNetBus.Domain.Requests;
using NovaNetBus.Domain.Retention;

namespace NovaNetBus.Ledger;

/// <summary>The names that events are stored under. A name never changes, whatever becomes of the type: the log outlives the code.</summary>
internal static class EventNames
{
    public static IReadOnlyDictionary<Type, string> All { get; } = new Dictionary<Type, string>
    {
        [typeof(NetworkCreated)] = "network-created",
        [typeof(NetworkAssigned)] = "network-assigned",
        [typeof(NetworkUnassigned)] = "network-unassigned",
        [typeof(NetworkHostSet)] = "network-host-set",
        [typeof(NetworkHostMoving)] = "network-host-moving",
        [typeof(NetworkHostReady)] = "network-host-ready",
        [typeof(NetworkHostCleared)] = "network-host-cleared",
        [typeof(NetworkVpnChanged)] = "network-vpn-changed",
        [typeof(NetworkDeleted)] = "network-deleted",
        [typeof(ProjectQuotaSet)] = "project-quota-set",
        [typeof(FixedIpAllocated)] = "fixed-ip-allocated",
        [typeof(FixedIpTakenByHost)] = "fixed-ip-taken-by-host",
        [typeof(FixedIpLeftByHost)] = "fixed-ip-left-by-host",
        [typeof(FixedIpDeallocated)] = "fixed-ip-deallocated",
        [typeof(FixedIpLetGo)] = "fixed-ip-let-go",
        [typeof(FixedIpReleased)] = "fixed-ip-released",
        [typeof(FixedIpReserved)] = "fixed-ip-reserved",
        [typeof(FixedIpUnreserved)] = "fixed-ip-unreserved",
        [typeof(FixedIpMoved)] = "fixed-ip-moved",
        [typeof(FixedIpLeaseStarted)] = "fixed-ip-lease-started",
        [typeof(FixedIpLeaseRenewed)] = "fixed-ip-lease-renewed",
        [typeof(FixedIpLeaseEnded)] = "fixed-ip-lease-ended",
        [typeof(FloatingIpsAdded)] = "floating-ips-added",
        [typeof(FloatingIpsRemoved)] = "floating-ips-removed",
        [typeof(FloatingIpAllocated)] = "floating-ip-allocated",
        [typeof(FloatingIpAssociated)] = "floating-ip-associated",
        [typeof(FloatingIpDisassociated)] = "floating-ip-disassociated",
        [typeof(FloatingIpReleased)] = "floating-ip-released",
        [typeof(InstanceNetworkAllocated)] = "instance-network-allocated",
        [typeof(InstanceHostReady)] = "instance-host-ready",
        [typeof(InstanceNetworkConfigured)] = "instance-network-configured",
        [typeof(InstanceNetworkRefused)] = "instance-network-refused",
        [typeof(InstanceDeletionRequested)] = "instance-deletion-requested",
        [typeof(InstanceNetworkReleased)] = "instance-network-released",
        [typeof(InstanceFixedIpAdded)] = "instance-fixed-ip-added",
        [typeof(InstanceFixedIpRemoved)] = "instance-fixed-ip-removed",
        [typeof(InstanceFixedIpsReleased)] = "instance-fixed-ips-released",
        [typeof(InstanceFloatingIpAssociated)] = "instance-floating-ip-associated",
        [typeof(InstanceFloatingIpDisassociated)] = "instance-floating-ip-disassociated",
        [typeof(InstanceFloatingIpsLeft)] = "instance-floating-ips-left",
        [typeof(InstanceMoving)] = "instance-moving",
        [typeof(InstanceLeftHost)] = "instance-left-host",
        [typeof(InstanceMoved)] = "instance-moved",
        [typeof(InstanceAttended)] = "instance-attended",
        [typeof(HostJoined)] = "host-joined",
        [typeof(HostRetired)] = "host-retired",
        [typeof(LogTrimmed)] = "log-trimmed",
        [typeof(RequestRefused)] = "request-refused",
        [typeof(FailedMessageRetried)] = "failed-message-retried",
        [typeof(FailedMessageDiscarded)] = "failed-message-discarded",
        [typeof(HostReconciled)] = "host-reconciled",
        [typeof(HostSettingsChanged)] = "host-settings-changed",
        [typeof(HostServesNetwork)] = "host-serves-network",
        [typeof(HostBridgesNetwork)] = "host-bridges-network",
        [typeof(HostLeftNetwork)] = "host-left-network",
        [typeof(HostDrained)] = "host-drained",
        [typeof(HostResumed)] = "host-resumed",
    };
}
