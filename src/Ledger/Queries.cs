using Marten;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Ledger;

/// <summary>A network and how its addresses stand.</summary>
public sealed record NetworkSummary(Network Network, AddressUse Addresses);

/// <summary>How many addresses a network has. Free + Reserved + Allocated is always Total; an address that rests counts as free, one of a host as reserved.</summary>
public sealed record AddressUse(long Total, long Reserved, long Allocated, long Free);

/// <summary>An address that has been used. State: allocated, leased, deallocated, reserved (by an operator, or a host has it for itself), free (it rests).</summary>
public sealed record FixedIpEntry(Guid NetworkId, FixedIp FixedIp, string State);

/// <summary>An instance and the networks of its ports, with its host's address on each; and the options that shape what is told of it, see <see cref="InstanceNetwork.ShapedBy"/>, as a worker told them last.</summary>
public sealed record InstanceEntry(InstanceNetwork State, IReadOnlyList<ServedNetwork> Networks, HostSettings? Settings);

/// <summary>What operators ask. Each answer is of one moment. Every method throws on an outage.</summary>
public sealed class Queries
{
    private readonly LedgerSessions sessions;

    internal Queries(LedgerSessions sessions) => this.sessions = sessions;

    /// <summary>All networks in order of creation.</summary>
    public async Task<IReadOnlyList<NetworkSummary>> NetworksAsync(CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var networks = await NetworkDirectory.ReadAsync(session.Documents, cancellation);
        var counts = await AddressCounts.ReadAsync(session.Connection, null, cancellation);
        return [.. networks.Select(network => Summary(network, counts))];
    }

    /// <summary>One network by id, label or CIDR; null: there is none.</summary>
    public async Task<NetworkSummary?> NetworkAsync(string idOrLabelOrCidr, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        return NetworkDirectory.Find(idOrLabelOrCidr, await NetworkDirectory.ReadAsync(session.Documents, cancellation)) is { } network
            ? Summary(network, await AddressCounts.ReadAsync(session.Connection, network.Id, cancellation))
            : null;
    }

    /// <summary>
    /// The addresses that have been used, in order, as they stand now (UTC); null: any host, network (id, label or CIDR), project. Of a network that is not there: none.
    /// </summary>
    public async Task<IReadOnlyList<FixedIpEntry>> FixedIpsAsync(string? host, string? network, string? project, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var blocks = session.Documents.Query<BlockDocument>().AsQueryable();
        if (network is not null)
        {
            var wanted = NetworkDirectory.Find(network, await NetworkDirectory.ReadAsync(session.Documents, cancellation))?.Id ?? Guid.Empty;
            blocks = blocks.Where(block => block.NetworkId == wanted);
        }

        var documents = await blocks.ToListAsync(cancellation);
        return [.. EntriesOf(documents, now).Where(entry => (host is null || entry.FixedIp.Host == host) && (project is null || entry.FixedIp.ProjectId == project))];
    }

    /// <summary>All instances that were ever heard of, the last changed first.</summary>
    public async Task<IReadOnlyList<InstanceNetwork>> InstancesAsync(CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var documents = await session.Documents.Query<InstanceDocument>().ToListAsync(cancellation);
        return [.. documents.Select(document => document.State).OrderByDescending(state => state.ChangedAt).ThenBy(state => state.InstanceId)];
    }

    /// <summary>One instance; null: never heard of.</summary>
    public async Task<InstanceEntry?> InstanceAsync(Guid instanceId, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        if (await session.Documents.LoadAsync<InstanceDocument>(instanceId, cancellation) is not { State: var state })
        {
            return null;
        }

        var host = state.Host is null ? null : await session.Documents.LoadAsync<HostDocument>(state.Host, cancellation);
        var networks = await NetworkDirectory.ReadAsync(session.Documents, cancellation);
        var shapedBy = state.ShapedBy(networks) is { } other && other != state.Host ? await session.Documents.LoadAsync<HostDocument>(other, cancellation) : host;
        return new InstanceEntry(state, ServedNetworks.Of(state, host?.State, networks), shapedBy?.State.Settings);
    }

    /// <summary>All networks in order of creation, without how their addresses stand.</summary>
    public async Task<IReadOnlyList<Network>> NetworkListAsync(CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        return await NetworkDirectory.ReadAsync(session.Documents, cancellation);
    }

    /// <summary>One address, also one that was never used; null: no network has it.</summary>
    public async Task<FixedIpEntry?> FixedIpAsync(Ipv4 address, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        if ((await NetworkDirectory.ReadAsync(session.Documents, cancellation)).FirstOrDefault(candidate => candidate.Cidr.Contains(address)) is not { } network)
        {
            return null;
        }

        var block = await session.Documents.LoadAsync<BlockDocument>(BlockDocument.IdOf(BlockKey.Of(network, address)), cancellation);
        var used = block?.State.Used.GetValueOrDefault(address) ?? FixedIp.Free(address, network.CreatedAt);
        return new FixedIpEntry(network.Id, used, network.IsReserved(address) ? "reserved" : StateOf(used, now));
    }

    /// <summary>All addresses of these blocks that have been used, in order.</summary>
    internal static IEnumerable<FixedIpEntry> EntriesOf(IEnumerable<BlockDocument> blocks, DateTimeOffset now) => blocks
        .SelectMany(block => block.State.Used.Values.Select(used => new FixedIpEntry(block.NetworkId, used, StateOf(used, now))))
        .OrderBy(entry => entry.FixedIp.Address);

    internal static NetworkSummary Summary(Network network, IReadOnlyDictionary<Guid, AddressCounts> counts)
    {
        var used = counts.GetValueOrDefault(network.Id);
        var (total, reserved) = (network.Cidr.Size, network.Reserved + used.KeptBack);
        return new NetworkSummary(network, new AddressUse(total, reserved, used.OfInstances, total - reserved - used.OfInstances));
    }

    internal static string StateOf(FixedIp used, DateTimeOffset now) => used is { Status: FixedIpStatus.Allocated } && used.IsLeased(now) ? "leased" : StateOf(used.Status);

    internal static string StateOf(FixedIpStatus status) => status switch
    {
        FixedIpStatus.Allocated => "allocated",
        FixedIpStatus.Deallocated or FixedIpStatus.LetGo => "deallocated",
        FixedIpStatus.TakenByHost or FixedIpStatus.LeftByHost or FixedIpStatus.Reserved => "reserved",
        _ => "free",
    };
}
