using Marten;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>All hosts and all networks, as of one moment.</summary>
public sealed record HostsAndNetworks(IReadOnlyList<HostEntry> Hosts, IReadOnlyList<Network> Networks);

/// <summary>
/// Records which host serves a network that one host serves. Every method throws on an outage, when nothing is known to be recorded, and may be called again:
/// what is so already is left.
/// </summary>
public sealed class NetworkHosts
{
    private const string LastSign = $"select (data ->> 'lastSeen')::timestamptz from {LedgerSetup.SchemaName}.mt_doc_host_report where id = @host for update";

    private readonly LedgerSessions sessions;

    internal NetworkHosts(LedgerSessions sessions) => this.sessions = sessions;

    /// <summary>What an election is made from.</summary>
    public async Task<HostsAndNetworks> ReadAsync(CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var networks = await NetworkDirectory.ReadAsync(session.Documents, cancellation);
        return new HostsAndNetworks(await HostRegistry.ListAsync(session, networks, cancellation), networks);
    }

    /// <summary>
    /// Does what was elected, in one commit; those that came to something. A network is taken from a silent host only if that has given no sign since
    /// <paramref name="signs"/> were read: its next heartbeat waits for this commit, and then hears that the network is gone.
    /// </summary>
    /// <param name="moves">Elected.</param>
    /// <param name="signs">Each host's last sign, as the election saw it.</param>
    /// <param name="now">UTC.</param>
    /// <param name="origin">Kept with the events.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<IReadOnlyList<NetworkMove>> CarryAsync(
        IReadOnlyList<NetworkMove> moves, IReadOnlyDictionary<string, DateTimeOffset?> signs, DateTimeOffset now, Origin origin, CancellationToken cancellation) =>
        ChangeAsync<IReadOnlyList<NetworkMove>>(
            moves.Select(move => move.NetworkId),
            async (session, networks) =>
            {
                var silent = new HashSet<string>();
                foreach (var host in moves.Where(move => move.Kind == MoveKind.TakeOver).Select(move => move.From!).Distinct().Order(StringComparer.Ordinal))
                {
                    if (await IsSilentSinceAsync(session, host, signs.GetValueOrDefault(host), cancellation))
                    {
                        silent.Add(host);
                    }
                }

                return [.. moves.Where(move => networks.Append(move.NetworkId, network => EventsOf(move, network, silent, now), origin))];
            },
            cancellation);

    /// <summary>
    /// A host that is to serve no networks, and the networks that leave it. Refused with host-not-found, or with no-network-host while a network of it would find no
    /// other; nothing is done then.
    /// </summary>
    /// <param name="host">Which.</param>
    /// <param name="standings">Of all hosts, to choose from.</param>
    /// <param name="now">UTC.</param>
    /// <param name="origin">Kept with the events.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Decision<NetworkMove>> DrainAsync(
        string host, IReadOnlyCollection<HostStanding> standings, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await TryDrainAsync(host, standings, now, origin, cancellation);
            }
            catch (Exception exception) when (StoreFaults.IsLostRace(exception))
            {
                // Something else has just happened to the host, such as its worker's start.
            }
        }
    }

    private async Task<Decision<NetworkMove>> TryDrainAsync(
        string host, IReadOnlyCollection<HostStanding> standings, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        await using var session = await sessions.NetworksAsync(cancellation);
        if (await session.Documents.LoadAsync<HostDocument>(host, cancellation) is not { } document)
        {
            return new Refusal("host-not-found", $"No worker is known on host '{host}'; see 'novanet host list'.");
        }

        var all = await NetworkDirectory.ReadAsync(session.Documents, cancellation);
        if (Placement.Drain(host, standings, all) is not Decision<NetworkMove>.Accepted moves)
        {
            return Placement.Drain(host, standings, all);
        }

        var changes = await NetworkChanges.LoadAsync(session, moves.Events.Select(move => move.NetworkId), cancellation);
        foreach (var move in moves.Events)
        {
            changes.Append(move.NetworkId, network => EventsOf(move, network, new HashSet<string>(), now), origin);
        }

        if (!document.State.IsDrained)
        {
            session.Append(Streams.OfHost(host), document.StreamVersion, [new HostDrained(host, now)], [origin]);
        }

        await session.CommitAsync(cancellation);
        return moves;
    }

    /// <summary>The host has all that these networks need. Those for which that is news.</summary>
    public Task<IReadOnlyList<Network>> ReadyAsync(IReadOnlyCollection<Guid> networkIds, string host, DateTimeOffset now, CancellationToken cancellation) =>
        ChangeAllAsync(networkIds, network => NetworkHostDecisions.Ready(network, host, now), host, cancellation);

    /// <summary>The host has fallen silent for these networks. Those that have another host by that, or none.</summary>
    public Task<IReadOnlyList<Network>> YieldAsync(IReadOnlyCollection<Guid> networkIds, string host, DateTimeOffset now, CancellationToken cancellation) =>
        ChangeAllAsync(networkIds, network => NetworkHostDecisions.Yield(network, host, now), host, cancellation);

    private static ValueList<NetworkEvent> EventsOf(NetworkMove move, Network network, IReadOnlySet<string> silent, DateTimeOffset now) => move.Kind switch
    {
        MoveKind.Place => NetworkHostDecisions.Place(network, move.To, move.Reason, now),
        MoveKind.TakeOver => silent.Contains(move.From!) ? NetworkHostDecisions.TakeOver(network, move.From!, move.To, move.Reason, now) : [],
        _ => network.Host == move.From && NetworkHostDecisions.Move(network, move.To, move.Reason, now) is Decision<NetworkEvent>.Accepted accepted ? accepted.Events : [],
    };

    /// <summary>Locks the host's report: a heartbeat that has not been kept yet waits.</summary>
    private static async Task<bool> IsSilentSinceAsync(LedgerSession session, string host, DateTimeOffset? sign, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(LastSign, session.Connection);
        command.Parameters.AddWithValue("host", host);
        DateTimeOffset? last = await command.ExecuteScalarAsync(cancellation) is DateTime at ? at : null;
        return last == sign;
    }

    private Task<IReadOnlyList<Network>> ChangeAllAsync(
        IReadOnlyCollection<Guid> networkIds, Func<Network, ValueList<NetworkEvent>> decide, string host, CancellationToken cancellation) => ChangeAsync(
        networkIds,
        (_, networks) => Task.FromResult<IReadOnlyList<Network>>(
            [.. networkIds.Where(id => networks.Append(id, decide, new Origin(null, id.ToString(), host, null))).Select(networks.Find).OfType<Network>()]),
        cancellation);

    private async Task<T> ChangeAsync<T>(IEnumerable<Guid> networkIds, Func<LedgerSession, NetworkChanges, Task<T>> change, CancellationToken cancellation)
    {
        await using var session = await sessions.NetworksAsync(cancellation);
        var result = await change(session, await NetworkChanges.LoadAsync(session, networkIds, cancellation));
        await session.CommitAsync(cancellation);
        return result;
    }

    /// <summary>Networks of one transaction, and what becomes of them.</summary>
    private sealed class NetworkChanges(LedgerSession session, Dictionary<Guid, NetworkDocument> documents)
    {
        private readonly Dictionary<Guid, Network> changed = [];

        public static async Task<NetworkChanges> LoadAsync(LedgerSession session, IEnumerable<Guid> networkIds, CancellationToken cancellation) =>
            new(session, (await session.Documents.LoadManyAsync<NetworkDocument>(cancellation, [.. networkIds.Distinct()])).ToDictionary(document => document.Id));

        public Network? Find(Guid networkId) => changed.GetValueOrDefault(networkId) ?? documents.GetValueOrDefault(networkId)?.State;

        /// <summary>True when something has happened. A network that is gone, or was decided about already, is left.</summary>
        public bool Append(Guid networkId, Func<Network, ValueList<NetworkEvent>> decide, Origin origin)
        {
            if (changed.ContainsKey(networkId) || documents.GetValueOrDefault(networkId) is not { } document || decide(document.State) is not { Count: > 0 } events)
            {
                return false;
            }

            session.Append(Streams.OfNetwork(networkId), document.StreamVersion, [.. events], [.. events.Select(_ => origin)]);
            changed[networkId] = events.Aggregate(document.State, (state, change) => Network.Evolve(state, change)!);
            return true;
        }
    }
}
