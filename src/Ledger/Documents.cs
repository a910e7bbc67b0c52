using System.Globalization;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Domain.Projects;

namespace NovaNetBus.Ledger;

/// <summary>An instance as its stream tells it. What decisions need, written with the events in one commit.</summary>
internal sealed class InstanceDocument
{
    public required Guid Id { get; init; }

    /// <summary>Of the stream: how many events <see cref="State"/> is folded from.</summary>
    public long StreamVersion { get; set; }

    public required InstanceNetwork State { get; set; }

    public InstanceStatus Status { get; set; }

    public string? Host { get; set; }

    /// <summary>The host that has the instance's ports now; null: none.</summary>
    public string? ServedBy { get; set; }

    public string? ProjectId { get; set; }

    /// <summary>How many fixed IPs it has, as its project's quota counts them.</summary>
    public int QuotaUse { get; set; }
}

/// <summary>A block of fixed IPs as its stream tells it.</summary>
internal sealed class BlockDocument
{
    public required string Id { get; init; }

    public required Guid NetworkId { get; init; }

    public required int Index { get; init; }

    public long StreamVersion { get; set; }

    public required Block State { get; set; }

    /// <summary>See <see cref="BlockDecisions.FreeFrom"/>.</summary>
    public DateTimeOffset? FreeFrom { get; set; }

    /// <summary>Since when the one that waits longest has been deallocated; null: none is.</summary>
    public DateTimeOffset? DeallocatedSince { get; set; }

    /// <summary>Addresses of instances, those included that their host has not let go of.</summary>
    public int OfInstances { get; set; }

    /// <summary>Addresses that hosts have for themselves.</summary>
    public int OfHosts { get; set; }

    /// <summary>Addresses that operators keep from being given out.</summary>
    public int Reserved { get; set; }

    /// <summary>The hosts that have something to do with its addresses: on them, for themselves, or on lease.</summary>
    public IReadOnlyList<string> Hosts { get; set; } = [];

    public static string IdOf(BlockKey key) => string.Create(CultureInfo.InvariantCulture, $"{key.NetworkId}/{key.Index}");
}

/// <summary>A block of floating IPs as its stream tells it; also one whose addresses have all left their pool.</summary>
internal sealed class FloatingBlockDocument
{
    /// <summary>The text of its key.</summary>
    public required string Id { get; init; }

    public required string Pool { get; init; }

    /// <summary>The number of its first address, by which blocks of all pools are found.</summary>
    public required long First { get; init; }

    public long StreamVersion { get; set; }

    public required FloatingBlock State { get; set; }

    /// <summary>Addresses that the pool has in it.</summary>
    public int Total { get; set; }

    /// <summary>Addresses that a project could have now.</summary>
    public int Free { get; set; }

    /// <summary>The projects that have addresses of it by their quota.</summary>
    public IReadOnlyList<string> Owners { get; set; } = [];
}

/// <summary>A network that exists.</summary>
internal sealed class NetworkDocument
{
    public required Guid Id { get; init; }

    public long StreamVersion { get; set; }

    public required Network State { get; set; }
}

/// <summary>A project whose quotas were set.</summary>
internal sealed class ProjectDocument
{
    public required string Id { get; init; }

    public long StreamVersion { get; set; }

    public required Project State { get; set; }
}

/// <summary>A host that has had a worker.</summary>
internal sealed class HostDocument
{
    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    public long StreamVersion { get; set; }

    public required HostRecord State { get; set; }
}

/// <summary>What a host last said of itself. No event: it is out of date seconds later.</summary>
internal sealed class HostReportDocument
{
    /// <summary>The host's name.</summary>
    public required string Id { get; init; }

    /// <summary>When it was kept, by the database's clock; another one for each report.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    public required string Version { get; init; }

    public required int Ports { get; init; }

    public required int Drift { get; init; }

    public bool HasPublicInterface { get; init; }
}
