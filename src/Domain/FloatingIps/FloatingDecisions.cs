using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Domain.FloatingIps;

/// <summary>A request for a range of floating addresses.</summary>
/// <param name="Range">As <see cref="FloatingRange.Read"/> reads it.</param>
/// <param name="Pool">1 to 255 characters, none of them a control character.</param>
/// <param name="Interface">The NIC that carries them on each host; null: the host's public_interface.</param>
/// <param name="Now">UTC.</param>
public sealed record CreateFloatingRange(string Range, string Pool, string? Interface, DateTimeOffset Now);

/// <summary>What may happen to floating addresses that leads to no instance.</summary>
public static class FloatingDecisions
{
    private const int LongestPool = 255;

    /// <summary>
    /// All addresses of a range, or none; <paramref name="touched"/> are all blocks, of any pool, that may hold an address of it. Codes: invalid-cidr,
    /// invalid-request, cidr-conflict, floating-ip-exists.
    /// </summary>
    public static Decision<FloatingBlockEvent> Create(CreateFloatingRange command, IReadOnlyCollection<FloatingBlock> touched, IReadOnlyCollection<Network> networks)
    {
        if (FloatingRange.Read(command.Range, out var range) is { } unreadable)
        {
            return unreadable;
        }

        return NameFault(command) ?? Conflict(range, touched, networks) ?? (Decision<FloatingBlockEvent>)range.Blocks()
            .Select(block => (Block: block, Part: range.In(block)))
            .Select(place => new FloatingBlockEvent(
                new FloatingKey(command.Pool, place.Block), new FloatingIpsAdded(place.Part.First, place.Part.Last, command.Interface, command.Now)))
            .ToValueList();
    }

    /// <summary>
    /// The addresses of a range that there are leave their pools, all or none: while a project has one, it is refused. <paramref name="touched"/> are all
    /// blocks, of any pool, that may hold an address of it. Codes: invalid-cidr, floating-ip-not-found, floating-ip-associated, floating-ip-allocated.
    /// </summary>
    public static Decision<FloatingBlockEvent> Delete(string text, IReadOnlyCollection<FloatingBlock> touched, DateTimeOffset now)
    {
        if (FloatingRange.Read(text, out var range) is { } unreadable)
        {
            return unreadable;
        }

        var events = new List<FloatingBlockEvent>();
        foreach (var block in touched)
        {
            var leaving = block.Addresses.Values.Where(floating => range.Contains(floating.Address)).ToList();
            if (leaving.Find(floating => !floating.IsFree) is { } used)
            {
                return used.InstanceId is { } instance
                    ? new Refusal("floating-ip-associated", $"{used.Address} is associated with instance {instance}; disassociate and release it first.")
                    : new Refusal("floating-ip-allocated", $"{used.Address} belongs to project {used.ProjectId}; release it first.");
            }

            if (leaving.Count > 0)
            {
                events.Add(new FloatingBlockEvent(block.Key, new FloatingIpsRemoved(leaving[0].Address, leaving[^1].Address, now)));
            }
        }

        return events.Count > 0 ? events.ToValueList() : new Refusal("floating-ip-not-found", $"No pool has an address of {range}; see 'novanet floating list'.");
    }

    /// <summary>
    /// Why a project that has <paramref name="used"/> addresses, auto-assigned ones not counted, may have no more, or null when it may; a quota of -1 is no
    /// limit. Code: floating-ip-limit-exceeded.
    /// </summary>
    public static Refusal? QuotaFault(string projectId, int quota, long used) => quota >= 0 && used >= quota
        ? new Refusal("floating-ip-limit-exceeded", $"Project {projectId} has {used} floating IPs of {quota}; release one, or raise its quota with 'novanet project quota'.")
        : null;

    /// <summary>There is no address in any pool, or the pool is none. Codes: no-more-floating-ips, floating-ip-pool-not-found.</summary>
    public static Refusal NoneFree(string pool, bool poolExists) => poolExists
        ? new Refusal("no-more-floating-ips", $"Pool {pool} has no free floating IP; release some, or add a range with 'novanet floating create'.", Retryable: true)
        : new Refusal("floating-ip-pool-not-found", $"There is no pool {pool} of floating IPs; see 'novanet floating pools'.", Retryable: true);

    /// <summary>No pool has this address. Code: floating-ip-not-found.</summary>
    public static Refusal NotFound(string address) => new("floating-ip-not-found", $"There is no floating IP {address}; see 'novanet floating list'.");

    /// <summary>Why a project may do nothing with an address, or null when it may (nova: _floating_ip_owned_by_project). Code: forbidden.</summary>
    public static Refusal? OwnerFault(FloatingIp floating, string projectId) => floating.ProjectId switch
    {
        null => new Refusal("forbidden", $"{floating.Address} is not allocated to a project."),
        var owner when owner != projectId => new Refusal("forbidden", $"{floating.Address} does not belong to project {projectId}."),
        _ => null,
    };

    /// <summary>The project gives its address back. Codes: forbidden, floating-ip-associated.</summary>
    public static Decision<FloatingBlockEvent> Release(FloatingKey block, FloatingIp floating, string projectId, DateTimeOffset now)
    {
        if (OwnerFault(floating, projectId) is { } fault)
        {
            return fault;
        }

        return floating.InstanceId is { } instance
            ? new Refusal("floating-ip-associated", $"{floating.Address} is associated with instance {instance}; disassociate it first.")
            : ValueList.Of([new FloatingBlockEvent(block, new FloatingIpReleased(floating.Address, now))]);
    }

    /// <summary>The same rule from the other side: why these new networks may not be, for floating IPs that lie in one of them; null: they may. Code: cidr-conflict.</summary>
    public static Refusal? WhyNot(IEnumerable<Network> created, IEnumerable<FloatingBlock> touched)
    {
        var floating = touched.SelectMany(block => block.Addresses.Keys.Select(address => (Address: address, block.Key.Pool))).ToList();
        return created.Select(network => (Network: network, Inside: floating.Find(place => network.Cidr.Contains(place.Address))))
            .FirstOrDefault(pair => pair.Inside.Pool is not null) is { Network: { } conflict, Inside: var inside }
            ? new Refusal("cidr-conflict", $"{conflict.Cidr} holds {inside.Address} of the floating pool {inside.Pool}: an address is fixed or floating; choose another range.")
            : null;
    }

    private static Refusal? NameFault(CreateFloatingRange command) => command switch
    {
        { Pool.Length: 0 or > LongestPool } => new Refusal("invalid-request", $"A pool's name has 1 to {LongestPool} characters."),
        _ when command.Pool.Any(char.IsControl) => new Refusal("invalid-request", "A pool's name has no control characters."),
        { Interface: { } nic } when !NetworkDecisions.IsInterfaceName(nic) =>
            new Refusal("invalid-request", $"'{nic}' cannot be an interface's name: 1 to 15 letters, digits, dots, dashes, underscores, a letter or digit first."),
        _ => null,
    };

    private static Refusal? Conflict(FloatingRange range, IEnumerable<FloatingBlock> touched, IEnumerable<Network> networks)
    {
        if (networks.FirstOrDefault(network => network.Cidr.Contains(range.First) || range.Contains(network.Cidr.Network)) is { } network)
        {
            return new Refusal("cidr-conflict", $"{range} overlaps network {network.Label} ({network.Cidr}): an address is fixed or floating.");
        }

        return touched.SelectMany(block => block.Addresses.Values.Select(floating => (block.Key.Pool, floating.Address)))
            .FirstOrDefault(place => range.Contains(place.Address)) is { Pool: { } pool, Address: var there }
            ? new Refusal("floating-ip-exists", $"{there} is in pool {pool} already.")
            : null;
    }
}
