using NovaNetBus.Contracts;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Hosting;
using NovaNetBus.Ledger;

namespace NovaNetBus.NetworkWorker.Metadata;

/// <summary>All that a VM is told of itself.</summary>
/// <param name="InstanceId">Its id.</param>
/// <param name="ProjectId">Its owner.</param>
/// <param name="Name">Its host name without a domain.</param>
/// <param name="Domain">dhcp_domain; empty: none.</param>
/// <param name="Vifs">Its NICs, as host-network-configured tells them.</param>
/// <param name="Metadata">What its spawning said.</param>
internal sealed record VmProfile(Guid InstanceId, string ProjectId, string Name, string Domain, IReadOnlyList<Vif> Vifs, InstanceMetadata Metadata)
{
    /// <summary>nova: _get_hostname.</summary>
    public string Hostname => Domain.Length > 0 ? $"{Name}.{Domain}" : Name;

    /// <summary>
    /// The first 32 bits of the id as EC2's clients expect an id. nova counted its instances instead; what matters to a client is that it is the same
    /// at each boot and another in a copy.
    /// </summary>
    public string ShortId => InstanceId.ToString("N")[..8];

    public static VmProfile Of(InstanceSelf self, HostSettings settings) => new(
        self.State.InstanceId, self.State.ProjectId!, self.State.Hostname!, settings.DomainName,
        Facts.Vifs(self.State, self.Networks, settings), self.Metadata);
}
