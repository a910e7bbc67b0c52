namespace NovaNetBus.Contracts;

/// <summary>The fixed refusal codes: nova's exception names in kebab-case.</summary>
public static class ErrorCodes
{
#pragma warning disable CS1591 // each code is its own description
    public const string NoMoreFixedIps = "no-more-fixed-ips";
    public const string FixedIpAlreadyInUse = "fixed-ip-already-in-use";
    public const string FixedIpNotFoundForNetwork = "fixed-ip-not-found-for-network";
    public const string FixedIpInvalid = "fixed-ip-invalid";
    public const string FixedIpLimitExceeded = "fixed-ip-limit-exceeded";
    public const string FixedIpNotFoundForSpecificInstance = "fixed-ip-not-found-for-specific-instance";
    public const string NoMoreNetworks = "no-more-networks";
    public const string NoNetworksFound = "no-networks-found";
    public const string NetworkNotFound = "network-not-found";
    public const string CidrConflict = "cidr-conflict";
    public const string InvalidCidr = "invalid-cidr";
    public const string InvalidAddress = "invalid-address";
    public const string AddressOutOfRange = "address-out-of-range";
    public const string DuplicateVlan = "duplicate-vlan";
    public const string NetworkInUse = "network-in-use";
    public const string NetworkHasProject = "network-has-project";
    public const string NetworkNotCreated = "network-not-created";
    public const string LabelTooLong = "label-too-long";
    public const string InvalidMacAddress = "invalid-mac-address";
    public const string MacAddressInUse = "mac-address-in-use";
    public const string InstanceNotFound = "instance-not-found";
    public const string InstanceDeleted = "instance-deleted";
    public const string InstanceMoving = "instance-moving";
    public const string FloatingIpNotFound = "floating-ip-not-found";
    public const string FloatingIpPoolNotFound = "floating-ip-pool-not-found";
    public const string NoMoreFloatingIps = "no-more-floating-ips";
    public const string FloatingIpExists = "floating-ip-exists";
    public const string FloatingIpAllocated = "floating-ip-allocated";
    public const string FloatingIpAssociated = "floating-ip-associated";
    public const string FloatingIpNotAssociated = "floating-ip-not-associated";
    public const string CannotDisassociateAutoAssignedFloatingIp = "cannot-disassociate-auto-assigned-floating-ip";
    public const string NoFloatingIpInterface = "no-floating-ip-interface";
    public const string FloatingIpLimitExceeded = "floating-ip-limit-exceeded";
    public const string Forbidden = "forbidden";
    public const string InvalidMessage = "invalid-message";
    public const string InvalidRequest = "invalid-request";
    public const string HostNotFound = "host-not-found";
    public const string HostIsAlive = "host-is-alive";
    public const string HostNotAnswering = "host-not-answering";
    public const string NoNetworkHost = "no-network-host";
    public const string InterfaceCarriesAddresses = "interface-carries-addresses";
    public const string HostConfigurationFailed = "host-configuration-failed";
    public const string ErrorNotFound = "error-not-found";
    public const string BeforeLogHorizon = "before-log-horizon";
    public const string NotSupported = "not-supported";
#pragma warning restore CS1591
}
