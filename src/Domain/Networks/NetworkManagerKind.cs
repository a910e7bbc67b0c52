namespace NovaNetBus.Domain.Networks;

/// <summary>nova's three network managers.</summary>
public enum NetworkManagerKind
{
    /// <summary>Addresses only; nothing is served.</summary>
    FlatManager,

    /// <summary>One bridge, DHCP.</summary>
    FlatDHCPManager,

    /// <summary>A VLAN per project.</summary>
    VlanManager,
}
