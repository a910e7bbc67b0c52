namespace NovaNetBus.Contracts;

/// <summary>Published by a compute service when an instance starts; its host's worker allocates and configures its network.</summary>
/// <param name="InstanceId">UUID of the instance.</param>
/// <param name="ProjectId">The project (tenant) that owns the instance; 1 to 255 characters.</param>
/// <param name="Host">Name of the host on which the instance runs; also the routing key.</param>
/// <param name="Hostname">The instance's own host name, as DHCP offers it.</param>
/// <param name="Networks">Networks asked for, in this order; absent: those that the network manager gives.</param>
/// <param name="IsVpn">True for the project's VPN instance (VlanManager).</param>
/// <param name="AvailabilityZone">For the metadata service.</param>
/// <param name="Metadata">For the metadata service.</param>
/// <param name="UserData">Base64, at most 65,535 characters, for the metadata service; never logged.</param>
/// <param name="PublicKeys">Key name to public key, for the metadata service.</param>
public sealed record InstanceSpawning(
    Guid InstanceId,
    string ProjectId,
    string Host,
    string Hostname,
    IReadOnlyList<RequestedNetwork>? Networks = null,
    bool? IsVpn = null,
    string? AvailabilityZone = null,
    IReadOnlyDictionary<string, string>? Metadata = null,
    string? UserData = null,
    IReadOnlyDictionary<string, string>? PublicKeys = null)
{
    /// <summary>Without what may be secret (metadata, user data, keys), so that it may be logged.</summary>
    public override string ToString() => $"{nameof(InstanceSpawning)} {{ InstanceId = {InstanceId}, ProjectId = {ProjectId}, Host = {Host}, Hostname = {Hostname} }}";
}

/// <summary>One network that an instance asks for.</summary>
/// <param name="Network">Id or label of the network.</param>
/// <param name="Address">The fixed IP wanted; absent: any free one.</param>
/// <param name="MacAddress">The MAC address of the instance's NIC; absent: generated.</param>
public sealed record RequestedNetwork(string Network, string? Address = null, string? MacAddress = null);

/// <summary>Published when an instance is gone for good: its addresses and everything on its host are taken back.</summary>
/// <param name="InstanceId">UUID of the instance.</param>
/// <param name="Host">The instance's host; absent: the scheduler looks it up.</param>
public sealed record InstanceDeleted(Guid InstanceId, string? Host = null);

/// <summary>Published before an instance moves to another host.</summary>
public sealed record InstanceMigrating(Guid InstanceId, string SourceHost, string DestinationHost);

/// <summary>Published after an instance has moved to another host.</summary>
public sealed record InstanceMigrated(Guid InstanceId, string SourceHost, string DestinationHost);

/// <summary>Adds a fixed IP of a network to a running instance.</summary>
public sealed record FixedIpAdd(Guid InstanceId, string Network);

/// <summary>Takes a fixed IP from a running instance.</summary>
public sealed record FixedIpRemove(Guid InstanceId, string Address);

/// <summary>Associates a floating IP with an instance.</summary>
/// <param name="InstanceId">UUID of the instance.</param>
/// <param name="ProjectId">The project that must own the floating IP.</param>
/// <param name="FloatingIp">Absent: one is allocated.</param>
/// <param name="Pool">The pool to allocate from; absent: the default pool.</param>
/// <param name="FixedIp">Absent: the instance's first fixed IP.</param>
public sealed record FloatingAssociate(Guid InstanceId, string ProjectId, string? FloatingIp = null, string? Pool = null, string? FixedIp = null);

/// <summary>Takes a floating IP from its instance.</summary>
public sealed record FloatingDisassociate(string FloatingIp, string ProjectId);
