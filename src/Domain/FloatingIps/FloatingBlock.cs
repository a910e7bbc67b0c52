using System.Collections.Immutable;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Domain.FloatingIps;

/// <summary>Names a block: neighbouring addresses of one pool, which are one stream and so the unit of concurrency.</summary>
/// <param name="Pool">1 to 255 characters.</param>
/// <param name="First">Its first address, a multiple of <see cref="Size"/>.</param>
public readonly record struct FloatingKey(string Pool, Ipv4 First)
{
    /// <summary>Addresses in a block.</summary>
    public const uint Size = 64;

    /// <summary>The block of a pool that holds this address.</summary>
    public static FloatingKey Of(string pool, Ipv4 address) => new(pool, FirstOf(address));

    /// <summary>The first address of the blocks that hold this address.</summary>
    public static Ipv4 FirstOf(Ipv4 address) => new(address.Value & ~(Size - 1));

    /// <inheritdoc/>
    public override string ToString() => $"{Pool}/{First}";
}

/// <summary>A floating address.</summary>
/// <param name="Address">Seen from outside.</param>
/// <param name="Interface">The NIC that carries it on each host; null: the host's public_interface.</param>
/// <param name="ProjectId">Whose it is; null: nobody's.</param>
/// <param name="AutoAssigned">It came with its instance and goes with it; it does not count against the quota.</param>
/// <param name="FixedIp">Where it leads; null: nowhere.</param>
/// <param name="InstanceId">Whose fixed IP that is.</param>
/// <param name="ChangedAt">UTC.</param>
public sealed record FloatingIp(
    Ipv4 Address, string? Interface, string? ProjectId, bool AutoAssigned, Ipv4? FixedIp, Guid? InstanceId, DateTimeOffset ChangedAt)
{
    /// <summary>Its last end, so that the same message again is answered alike; null: there was none since it was allocated.</summary>
    public FloatingIpDisassociated? Left { get; init; }

    /// <summary>True when a project may have it.</summary>
    public bool IsFree => ProjectId is null;

    /// <summary>True while it leads to an instance.</summary>
    public bool IsAssociated => InstanceId is not null;
}

/// <summary>The state of one block: every address of it that the pool has.</summary>
public sealed record FloatingBlock(FloatingKey Key, ImmutableSortedDictionary<Ipv4, FloatingIp> Addresses)
{
    /// <summary>A block that the pool has no address of.</summary>
    public static FloatingBlock Fresh(FloatingKey key) => new(key, ImmutableSortedDictionary<Ipv4, FloatingIp>.Empty);

    /// <summary>How many addresses a project could have now.</summary>
    public int Free => Addresses.Values.Count(floating => floating.IsFree);

    /// <summary>The address of the pool, or null.</summary>
    public FloatingIp? Find(Ipv4 address) => Addresses.GetValueOrDefault(address);

    /// <summary>The free address that has rested longest; of those the lowest. Null: there is none.</summary>
    public FloatingIp? NextFree => Addresses.Values.Where(floating => floating.IsFree).OrderBy(floating => floating.ChangedAt).ThenBy(floating => floating.Address).FirstOrDefault();

    /// <summary>The state after an event.</summary>
    public FloatingBlock Evolve(FloatingIpEvent change) => change switch
    {
        FloatingIpsAdded e => With(Range(e.First, e.Last).Select(address => new FloatingIp(address, e.Interface, null, false, null, null, e.At))),
        FloatingIpsRemoved e => this with { Addresses = Addresses.RemoveRange(Range(e.First, e.Last)) },
        FloatingIpAllocated e => Change(e.Address, e.At, floating => floating with { ProjectId = e.ProjectId, AutoAssigned = e.AutoAssigned }),
        FloatingIpAssociated e => Change(e.Address, e.At, floating => floating with { FixedIp = e.FixedIp, InstanceId = e.InstanceId }),
        FloatingIpDisassociated e => Change(e.Address, e.At, floating => floating with { FixedIp = null, InstanceId = null, Left = e }),
        FloatingIpReleased e => Change(e.Address, e.At, floating => floating with { ProjectId = null, AutoAssigned = false, Left = null }),
        _ => throw new InvalidOperationException($"{change.GetType().Name} is not known"),
    };

    private FloatingBlock Change(Ipv4 address, DateTimeOffset at, Func<FloatingIp, FloatingIp> change) => With([change(Addresses[address]) with { ChangedAt = at }]);

    private FloatingBlock With(IEnumerable<FloatingIp> floating) =>
        this with { Addresses = Addresses.SetItems(floating.Select(one => KeyValuePair.Create(one.Address, one))) };

    private static IEnumerable<Ipv4> Range(Ipv4 first, Ipv4 last) =>
        Enumerable.Range(0, (int)(last - first) + 1).Select(offset => first + (uint)offset);
}
