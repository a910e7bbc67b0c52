namespace NovaNetBus.Domain.Networks;

/// <summary>The options of the program that asks, as far as they say who gets which networks and how many addresses.</summary>
/// <param name="Manager">Option network_manager.</param>
/// <param name="FixedIpQuota">Option quota_fixed_ips, for projects without a quota of their own; -1: no limit.</param>
public sealed record NetworkPolicy(NetworkManagerKind Manager, int FixedIpQuota)
{
    /// <summary>What the options say when they say nothing.</summary>
    public static NetworkPolicy Default { get; } = new(NetworkManagerKind.FlatDHCPManager, Projects.Project.Unlimited);

    /// <summary>Some host is a network's gateway and DHCP server. False with FlatManager, where addresses are all that there is.</summary>
    public bool HostsServe => Manager != NetworkManagerKind.FlatManager;

    /// <summary>The quota for a project without one of its own; null: none counts. With VlanManager a project has whole networks to itself (nova).</summary>
    public int? QuotaToHold => Manager == NetworkManagerKind.VlanManager ? null : FixedIpQuota;
}
