using Marten;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using Npgsql;

namespace NovaNetBus.Ledger;

/// <summary>All that a host must serve.</summary>
/// <param name="Networks">Those that it has, those of its ports, and those that it serves for all.</param>
/// <param name="Ports">Of all instances that are on it.</param>
public sealed record HostContent(IReadOnlyList<ServedNetwork> Networks, IReadOnlyList<ServedPort> Ports)
{
    /// <summary>What its worker's options shape of it, as they were told last; null: never.</summary>
    public HostSettings? Settings { get; init; }

    /// <summary>Floating IPs of these ports.</summary>
    public IReadOnlyList<ServedFloating> Floatings { get; init; } = [];

    /// <summary>What the plan is made from, now or for a time gone by.</summary>
    public HostView ViewOf(string host, HostSettings settings) => new(host, settings, Networks, Ports) { Floatings = Floatings };
}

/// <summary>An instance whose last change waits for a host.</summary>
/// <param name="InstanceId">Which.</param>
/// <param name="MessageId">Of the message that caused the change; null: not known.</param>
/// <param name="Asker">Who waits for what becomes of it; null: nobody, or somebody who is known to another host alone.</param>
public sealed record WaitingInstance(Guid InstanceId, string? MessageId, Asker? Asker);

/// <summary>Reads what a host must serve, for a full reconcile.</summary>
public sealed class HostViews
{
    private const string Unattended = $"select id from {LedgerSetup.SchemaName}.mt_doc_instance where host = @host and not (data -> 'state' ->> 'isAttended')::boolean";

    private readonly LedgerSessions sessions;

    internal HostViews(LedgerSessions sessions) => this.sessions = sessions;

    /// <summary>All of it as of one moment, so that nothing is missing that could be swept by mistake. Of an unknown host: nothing. Throws on an outage.</summary>
    public async Task<HostContent> ReadAsync(string host, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var record = await session.Documents.LoadAsync<HostDocument>(host, cancellation);
        var networks = await NetworkDirectory.ReadAsync(session.Documents, cancellation);
        var instances = await session.Documents.Query<InstanceDocument>().Where(instance => instance.ServedBy == host).ToListAsync(cancellation);
        var elsewhere = await OnNetworksOfAsync(session, host, networks, cancellation);
        return ContentOf(record, networks, [.. instances, .. elsewhere.Where(instance => instance.ServedBy != host)], host);
    }

    /// <summary>The instances whose last change waits for this host, which alone serves a network of theirs.</summary>
    public async Task<IReadOnlyList<WaitingInstance>> WaitingForAsync(string host, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var networks = await NetworkDirectory.ReadAsync(session.Documents, cancellation);
        var instances = await OnNetworksOfAsync(session, host, networks, cancellation);
        var waiting = new List<WaitingInstance>();
        foreach (var state in instances.Select(instance => instance.State).Where(state => state.WaitsFor(host, networks)))
        {
            var story = await session.Documents.Events.FetchStreamAsync(Streams.OfInstance(state.InstanceId), token: cancellation);
            var ready = story.LastOrDefault(change => change.Data is InstanceHostReady fact && fact.Generation == state.Generation && LedgerSession.AskerOf(change) is not null);
            waiting.Add(new WaitingInstance(state.InstanceId, ready?.CausationId, ready is null ? null : LedgerSession.AskerOf(ready)));
        }

        return waiting;
    }

    /// <summary>
    /// The instances of this host that came while it had no worker. Read when no commit about instances runs: once the host has joined, no further one comes.
    /// </summary>
    public async Task<IReadOnlyList<Guid>> UnattendedAsync(string host, CancellationToken cancellation)
    {
        await using var session = await sessions.NetworksAsync(cancellation);
        await using var command = new NpgsqlCommand(Unattended, session.Connection);
        command.Parameters.AddWithValue("host", host);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<Guid>();
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(reader.GetGuid(0));
        }

        return found;
    }

    /// <summary>Those that have or had addresses of networks that this host serves for all, or is to serve. Found by the addresses, since an instance does not say.</summary>
    private static async Task<IReadOnlyList<InstanceDocument>> OnNetworksOfAsync(
        LedgerSession session, string host, IReadOnlyList<Network> networks, CancellationToken cancellation)
    {
        Guid[] served = [.. networks.Where(network => NetworkDuty.Of(network, host) is not null).Select(network => network.Id)];
        if (served.Length == 0)
        {
            return [];
        }

        var blocks = await session.Documents.Query<BlockDocument>().Where(block => block.NetworkId.IsOneOf(served)).ToListAsync(cancellation);
        Guid[] ids = [.. blocks.SelectMany(block => block.State.Used.Values).Select(used => used.InstanceId).OfType<Guid>().Distinct()];
        return await session.Documents.LoadManyAsync<InstanceDocument>(cancellation, ids);
    }

    /// <summary>
    /// From the documents of one moment, now or then: <paramref name="served"/> are the instances that the host serves, those included that are about to come to one or leave it.
    /// </summary>
    internal static HostContent ContentOf(HostDocument? record, IReadOnlyList<Network> networks, IReadOnlyList<InstanceDocument> served, string? host = null)
    {
        host ??= record?.Id;
        var tearsDown = record?.State.Settings is { TearsDownUnused: true };
        var mine = networks.Where(network => network.IsInUse && host is not null && NetworkDuty.Of(network, host) is not null)
            .Where(network => !tearsDown || served.Any(instance => UnusedNetworks.IsNeededFor(instance.State, network.Id, host!))).Select(network => network.Id).ToHashSet();
        var present = served.Where(instance => instance.State.IsOnHost).ToList();
        var ports = present.SelectMany(instance => ServedPort.Of(instance.State).Select(port => port with { IsHere = instance.ServedBy == host }))
            .Where(port => port.IsHere || mine.Contains(port.NetworkId)).ToList();
        var ids = networks.Select(network => network.Id).Where(id => record?.State.Has(id) == true).Concat(ports.Select(port => port.NetworkId)).Concat(mine).ToHashSet();
        return new HostContent(
            [.. networks.Where(network => ids.Contains(network.Id)).Select(network => ServedNetworks.Of(network.Id, record?.State, networks)).OfType<ServedNetwork>()],
            ports)
        {
            Settings = record?.State.Settings,
            Floatings =
            [
                .. present.SelectMany(instance => ServedFloating.Of(instance.State).Where(floating => instance.ServedBy == host || mine.Contains(floating.NetworkId))),
            ],
        };
    }
}
