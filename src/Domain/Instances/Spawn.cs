using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.Instances;

/// <summary>A request for an instance's network.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="ProjectId">Its owner.</param>
/// <param name="Host">Its host.</param>
/// <param name="Hostname">Its own host name.</param>
/// <param name="Networks">Those asked for; empty: those that all get.</param>
/// <param name="Seed">Random; the ids and MAC addresses of new NICs come from it.</param>
/// <param name="Now">UTC.</param>
public sealed record Spawn(
    Guid InstanceId, string ProjectId, string Host, string Hostname, ValueList<NetworkRequest> Networks, Guid Seed, DateTimeOffset Now)
{
    /// <summary>The pool from which its first address gets a floating IP, beside the project's quota (auto_assign_floating_ip); null: it gets none.</summary>
    public string? FloatingPool { get; init; }

    /// <summary>What the instance is told of itself.</summary>
    public InstanceMetadata Metadata { get; init; } = InstanceMetadata.Empty;

    /// <summary>It is its project's VPN instance: it gets the address that its network keeps for it.</summary>
    public bool IsVpn { get; init; }

    /// <summary>The options of the worker that asks.</summary>
    public NetworkPolicy Policy { get; init; } = NetworkPolicy.Default;

    /// <summary>The MAC addresses that the decision will most likely ask for, when there are so many networks.</summary>
    public IEnumerable<MacAddress> LikelyMacs(int networks)
    {
        const int mostGuessed = 4;
        var places = Networks.Count > 0 ? Networks.Count : Math.Min(networks, mostGuessed);
        return Enumerable.Range(0, places).Select(place =>
            Networks.ElementAtOrDefault(place)?.MacAddress is { } text && MacAddress.TryParse(text, out var asked) ? asked : NewVif.MacOf(Seed, place));
    }
}
