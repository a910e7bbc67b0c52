using Marten;
using NovaNetBus.Domain;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>Creates, changes and deletes networks. Every method throws on an outage, when nothing is known to be recorded.</summary>
public sealed class NetworkLedger
{
    private readonly LedgerSessions sessions;

    internal NetworkLedger(LedgerSessions sessions) => this.sessions = sessions;

    /// <summary>
    /// All networks of the request in one commit, or none. The same command again finds the networks that it made, as they are now. Refusals: see
    /// <see cref="NetworkDecisions.Create"/> and <see cref="FloatingDecisions.WhyNot"/>; an id that was another network's is refused with network-not-created.
    /// </summary>
    public async Task<Decision<Network>> CreateAsync(CreateNetworks command, Origin origin, CancellationToken cancellation)
    {
        await using var session = await sessions.NetworksAsync(cancellation);
        var existing = await NetworkDirectory.ReadAsync(session.Documents, cancellation);
        var ids = command.Ids.ToHashSet();
        if (await AnyUsedAsync(session, ids, cancellation))
        {
            return Again(command, existing);
        }

        var decision = NetworkDecisions.Create(command, existing);
        if (decision is Decision<NetworkEvent>.Refused refused)
        {
            return refused.Refusal;
        }

        var created = ((Decision<NetworkEvent>.Accepted)decision).Events.OfType<NetworkCreated>().ToList();
        if (FloatingDecisions.WhyNot(created.Select(change => change.Network), await FloatingsWithinAsync(session, created, cancellation)) is { } conflict)
        {
            return conflict;
        }

        foreach (var change in created)
        {
            session.Append(Streams.OfNetwork(change.NetworkId), 0, [change], [origin]);
        }

        await session.CommitAsync(cancellation);
        return created.Select(change => change.Network).ToValueList();
    }

    /// <summary>The blocks of floating IPs from the first to the last address of these networks.</summary>
    private static async Task<IEnumerable<FloatingBlock>> FloatingsWithinAsync(LedgerSession session, List<NetworkCreated> created, CancellationToken cancellation)
    {
        var first = (long)FloatingKey.FirstOf(created.Min(change => change.Network.Cidr.Network)).Value;
        var last = (long)created.Max(change => change.Network.Cidr.Broadcast).Value;
        var documents = await session.Documents.Query<FloatingBlockDocument>().Where(block => block.First >= first && block.First <= last).ToListAsync(cancellation);
        return documents.Select(document => document.State);
    }

    /// <summary>
    /// Whose a network is, and which host serves it. Refused with network-not-found, host-not-found, and as
    /// <see cref="NetworkDecisions.Modify"/> says.
    /// </summary>
    public async Task<Decision<Network>> ModifyAsync(string idOrLabelOrCidr, ModifyNetwork command, Origin origin, CancellationToken cancellation)
    {
        await using var session = await sessions.NetworksAsync(cancellation);
        if (await FindAsync(session, idOrLabelOrCidr, cancellation) is not { } document)
        {
            return NotFound(idOrLabelOrCidr);
        }

        if (command.Host is { } host && await session.Documents.LoadAsync<HostDocument>(host, cancellation) is not { State.IsRetired: false })
        {
            return new Refusal("host-not-found", $"No worker is known on host '{host}'; start novanet-worker there, or correct the name.");
        }

        return await ChangeAsync(session, document, uses => NetworkDecisions.Modify(document.State, command, uses), origin, cancellation);
    }

    /// <summary>
    /// The end of a network, and of the addresses that hosts have on it. Refused with network-not-found, with network-has-project while a
    /// project has it, or with network-in-use while an instance has an address of it.
    /// </summary>
    public async Task<Decision<Network>> DeleteAsync(string idOrLabelOrCidr, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        await using var session = await sessions.NetworksAsync(cancellation);
        return await FindAsync(session, idOrLabelOrCidr, cancellation) is { } document
            ? await ChangeAsync(
                session, document, uses => NetworkDecisions.Delete(document.State, uses, now), origin, cancellation,
                () => DropHostAddressesAsync(session, document.Id, now, origin, cancellation))
            : NotFound(idOrLabelOrCidr);
    }

    /// <summary>Takes all its networks from a project, or none: see <see cref="NetworkDecisions.Modify"/>. They are told as they are then.</summary>
    public async Task<Decision<Network>> ScrubAsync(string projectId, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        await using var session = await sessions.NetworksAsync(cancellation);
        var uses = await AddressCounts.ReadAsync(session.Connection, null, cancellation);
        var own = (await session.Documents.Query<NetworkDocument>().ToListAsync(cancellation)).Where(document => document.State.ProjectId == projectId).ToList();
        var events = new List<NetworkEvent>();
        foreach (var document in own)
        {
            var decision = NetworkDecisions.Modify(document.State, new ModifyNetwork(null, true, null, false, now), uses.GetValueOrDefault(document.Id).OfInstances);
            if (decision is Decision<NetworkEvent>.Refused refused)
            {
                return refused.Refusal;
            }

            events.AddRange(((Decision<NetworkEvent>.Accepted)decision).Events);
        }

        return await AppendAllAsync(session, own, events, origin, cancellation);
    }

    /// <summary>Where the VPN instances of a project's VLANs are reached. Refusals: see <see cref="NetworkDecisions.ChangeVpn"/>. Told are the project's VLANs.</summary>
    public async Task<Decision<Network>> ChangeVpnAsync(
        string projectId, string publicAddress, int port, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        await using var session = await sessions.NetworksAsync(cancellation);
        var documents = await session.Documents.Query<NetworkDocument>().ToListAsync(cancellation);
        var decision = NetworkDecisions.ChangeVpn(projectId, publicAddress, port, [.. documents.Select(document => document.State)], now);
        return decision is Decision<NetworkEvent>.Refused refused
            ? refused.Refusal
            : await AppendAllAsync(
                session, documents.Where(document => document.State.ProjectId == projectId && document.State.Vlan is not null),
                ((Decision<NetworkEvent>.Accepted)decision).Events, origin, cancellation);
    }

    /// <summary>Several networks in one commit; they are told as they are after it.</summary>
    private static async Task<Decision<Network>> AppendAllAsync(
        LedgerSession session, IEnumerable<NetworkDocument> documents, IReadOnlyList<NetworkEvent> events, Origin origin, CancellationToken cancellation)
    {
        var after = documents.Select(document => Append(session, document, events.Where(change => change.NetworkId == document.Id).ToValueList(), origin)).OfType<Network>().ToList();
        await session.CommitAsync(cancellation);
        return Network.InOrder(after).ToValueList();
    }

    private static Refusal NotFound(string network) => new("network-not-found", $"There is no network '{network}'; see 'novanet network list'.");

    /// <summary>What the same command has made already; anything else under one of its ids is another network.</summary>
    private static Decision<Network> Again(CreateNetworks command, IReadOnlyList<Network> existing)
    {
        var ids = command.Ids.ToHashSet();
        var again = NetworkDecisions.Create(command, [.. existing.Where(network => !ids.Contains(network.Id))]);
        var made = again is Decision<NetworkEvent>.Accepted accepted ? accepted.Events.OfType<NetworkCreated>().Select(change => change.Network).ToList() : [];
        var found = made.Select(network => existing.FirstOrDefault(other => other.Id == network.Id)).ToList();
        return made.Count > 0 && made.Zip(found).All(pair => pair.Second is { } other && IsMadeAs(other, pair.First))
            ? found.OfType<Network>().ToValueList()
            : Taken(command.Id);
    }

    /// <summary>True when the two differ only in what can have happened since.</summary>
    private static bool IsMadeAs(Network network, Network made) => made == network with
    {
        CreatedAt = made.CreatedAt,
        ProjectId = made.ProjectId,
        Host = made.Host,
        VpnPublicAddress = made.VpnPublicAddress,
        VpnPublicPort = made.VpnPublicPort,
    };

    /// <summary>True when one of these ids is or was a network's.</summary>
    private static async Task<bool> AnyUsedAsync(LedgerSession session, IReadOnlyCollection<Guid> ids, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"select exists (select from {LedgerSetup.SchemaName}.mt_streams where id = any(@ids))", session.Connection);
        command.Parameters.AddWithValue("ids", ids.Select(Streams.OfNetwork).ToArray());
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<NetworkDocument?> FindAsync(LedgerSession session, string idOrLabelOrCidr, CancellationToken cancellation) =>
        NetworkDirectory.Find(idOrLabelOrCidr, await NetworkDirectory.ReadAsync(session.Documents, cancellation)) is { } network
            ? await session.Documents.LoadAsync<NetworkDocument>(network.Id, cancellation)
            : null;

    /// <summary>Decides with the number of its addresses that instances hold, and commits.</summary>
    private static async Task<Decision<Network>> ChangeAsync(
        LedgerSession session, NetworkDocument document, Func<long, Decision<NetworkEvent>> decide, Origin origin, CancellationToken cancellation, Func<Task>? before = null)
    {
        var uses = await AddressCounts.ReadAsync(session.Connection, document.Id, cancellation);
        var decision = decide(uses.GetValueOrDefault(document.Id).OfInstances);
        if (decision is Decision<NetworkEvent>.Refused refused)
        {
            return refused.Refusal;
        }

        // What goes with a network goes before it: whoever reads the log in order sees no event of the network's blocks after its end.
        await (before?.Invoke() ?? Task.CompletedTask);
        var network = document.State;
        var after = Append(session, document, ((Decision<NetworkEvent>.Accepted)decision).Events, origin) ?? network;
        await session.CommitAsync(cancellation);
        return ValueList.Of([after]);
    }

    /// <summary>The network after the events; null when it is gone.</summary>
    private static Network? Append(LedgerSession session, NetworkDocument document, ValueList<NetworkEvent> events, Origin origin)
    {
        if (events.Count > 0)
        {
            session.Append(Streams.OfNetwork(document.Id), document.StreamVersion, [.. events], [.. events.Select(_ => origin)]);
        }

        return events.Aggregate((Network?)document.State, Network.Evolve);
    }

    private static Refusal Taken(Guid id) =>
        new("network-not-created", $"Id {id} is or was another network's; leave the id out to get a new one.");

    private static async Task DropHostAddressesAsync(LedgerSession session, Guid networkId, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        var hosts = await session.Documents.Query<HostDocument>().ToListAsync(cancellation);
        foreach (var host in hosts.Where(host => host.State.Has(networkId)).OrderBy(host => host.Id, StringComparer.Ordinal))
        {
            session.Append(Streams.OfHost(host.Id), host.StreamVersion, [new HostLeftNetwork(host.Id, networkId, now)], [origin]);
        }

        var blocks = await session.Documents.Query<BlockDocument>().Where(block => block.NetworkId == networkId).ToListAsync(cancellation);
        foreach (var block in blocks.Where(block => block.OfHosts > 0).OrderBy(block => block.Index))
        {
            object[] released = [.. block.State.Used.Values
                .Where(used => used.Status is FixedIpStatus.TakenByHost or FixedIpStatus.LeftByHost).Select(used => new FixedIpReleased(used.Address, now))];
            session.Append(Streams.OfBlock(new BlockKey(networkId, block.Index)), block.StreamVersion, released, [.. released.Select(_ => origin)]);
        }
    }
}
