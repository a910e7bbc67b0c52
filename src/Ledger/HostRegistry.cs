using Marten;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;

namespace NovaNetBus.Ledger;

/// <summary>A host that has had a worker.</summary>
/// <param name="Host">Its name.</param>
/// <param name="JoinedAt">UTC, of its first worker's first start.</param>
/// <param name="LastSeen">UTC, of its last report; null: none yet.</param>
/// <param name="Version">Of the worker that reported; null: none yet.</param>
/// <param name="Ports">How many ports of instances it had at its last report.</param>
/// <param name="Drift">How many differences its last full reconcile found.</param>
/// <param name="Networks">Labels of the networks that it serves, for its own instances or alone for all.</param>
public sealed record HostEntry(string Host, DateTimeOffset JoinedAt, DateTimeOffset? LastSeen, string? Version, int Ports, int Drift, IReadOnlyList<string> Networks)
{
    /// <summary>It can translate addresses, and carry floating ones.</summary>
    public bool HasPublicInterface { get; init; }

    /// <summary>An operator wants it to be the host of no network.</summary>
    public bool IsDrained { get; init; }
}

/// <summary>What a host's worker says of its host.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Version">Of the worker.</param>
/// <param name="Ports">How many ports of instances it has.</param>
/// <param name="Drift">How many differences its last full reconcile found.</param>
/// <param name="HasPublicInterface">It can translate addresses, and carry floating ones.</param>
public sealed record HostReport(string Host, string Version, int Ports, int Drift, bool HasPublicInterface);

/// <summary>The hosts that are known. Every method throws on an outage.</summary>
public sealed class HostRegistry
{
    private const string Clock = "select clock_timestamp()";

    private readonly LedgerSessions sessions;
    private readonly NetworkDirectory directory = new();

    internal HostRegistry(LedgerSessions sessions) => this.sessions = sessions;

    /// <summary>
    /// Makes a host known whose worker starts, and what it has started with; one that was drained may serve networks again from now on.
    /// </summary>
    public async Task JoinAsync(string host, HostSettings settings, string statePath, DateTimeOffset now, CancellationToken cancellation)
    {
        while (!await TryAppendAsync(host, Started, cancellation))
        {
            // It has joined this very moment, by its first instance.
        }

        IEnumerable<HostEvent> Started(HostRecord? before)
        {
            if (before is null or { IsRetired: true } or { IsDrained: true })
            {
                yield return before is { IsRetired: false } ? new HostResumed(host, now) : new HostJoined(host, now);
            }

            if (before?.Settings != settings || before.StatePath != statePath)
            {
                yield return new HostSettingsChanged(host, settings, statePath, now);
            }
        }
    }

    /// <summary>Keeps what was not in order on a host and was put in order.</summary>
    public async Task ReconciledAsync(HostReconciled fact, CancellationToken cancellation)
    {
        while (!await TryAppendAsync(fact.Host, before => before is null ? [new HostJoined(fact.Host, fact.At), fact] : [fact], cancellation))
        {
            // Something else has just happened to the host.
        }
    }

    /// <summary>
    /// Keeps what a host says of itself; the last word counts. What it has to do for networks that one host serves is read after that: nobody who has counted it
    /// as silent can take a network away in between. One call at a time.
    /// </summary>
    public async Task<IReadOnlyList<NetworkDuty>> HeartbeatAsync(HostReport report, CancellationToken cancellation)
    {
        await using (var session = await sessions.WriteAsync(cancellation))
        {
            await using var clock = new Npgsql.NpgsqlCommand(Clock, session.Connection);
            await RejoinAsync(session, report.Host, cancellation);
            session.Documents.Store(new HostReportDocument
            {
                Id = report.Host,
                LastSeen = (DateTime)(await clock.ExecuteScalarAsync(cancellation))!,
                Version = report.Version,
                Ports = report.Ports,
                Drift = report.Drift,
                HasPublicInterface = report.HasPublicInterface,
            });
            await session.CommitAsync(cancellation);
        }

        return await DutiesAsync(report.Host, cancellation);
    }

    /// <summary>True when the host has joined, and was not retired since.</summary>
    public async Task<bool> IsKnownAsync(string host, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        return await session.Documents.LoadAsync<HostDocument>(host, cancellation) is { State.IsRetired: false };
    }

    /// <summary>All hosts that are not retired, by name.</summary>
    public async Task<IReadOnlyList<HostEntry>> ListAsync(CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        return await ListAsync(session, await NetworkDirectory.ReadAsync(session.Documents, cancellation), cancellation);
    }

    /// <summary>All hosts that are not retired, by name, in a session that has read these networks.</summary>
    internal static async Task<IReadOnlyList<HostEntry>> ListAsync(LedgerSession session, IReadOnlyList<Network> networks, CancellationToken cancellation)
    {
        var reports = (await session.Documents.Query<HostReportDocument>().ToListAsync(cancellation)).ToDictionary(report => report.Id);
        var hosts = await session.Documents.Query<HostDocument>().ToListAsync(cancellation);
        return [.. hosts.Where(host => !host.State.IsRetired).OrderBy(host => host.Id, StringComparer.Ordinal).Select(host => Entry(host.State, reports.GetValueOrDefault(host.Id), networks))];
    }

    /// <summary>False: the host's stream has moved on meanwhile.</summary>
    private async Task<bool> TryAppendAsync(string host, Func<HostRecord?, IEnumerable<HostEvent>> decide, CancellationToken cancellation)
    {
        try
        {
            await using var session = await sessions.WriteAsync(cancellation);
            var document = await session.Documents.LoadAsync<HostDocument>(host, cancellation);
            object[] events = [.. decide(document?.State)];
            if (events.Length > 0)
            {
                session.Append(Streams.OfHost(host), document?.StreamVersion ?? 0, events, [.. events.Select(_ => new Origin(null, host, host, null))]);
                await session.CommitAsync(cancellation);
            }

            return true;
        }
        catch (Exception exception) when (StoreFaults.IsLostRace(exception))
        {
            return false;
        }
    }

    /// <summary>A host that was retired while its worker was only cut off is there after all.</summary>
    private static async Task RejoinAsync(LedgerSession session, string host, CancellationToken cancellation)
    {
        if (await session.Documents.LoadAsync<HostDocument>(host, cancellation) is { State: { IsRetired: true } state } document)
        {
            session.Append(Streams.OfHost(host), document.StreamVersion, [new HostJoined(host, state.JoinedAt)], [new Origin(null, host, host, null)]);
        }
    }

    private static HostEntry Entry(HostRecord host, HostReportDocument? report, IReadOnlyList<Network> networks) => new(
        host.Name, host.JoinedAt, report?.LastSeen, report?.Version, report?.Ports ?? 0, report?.Drift ?? 0,
        [.. networks.Where(network => (network.MultiHost && host.Has(network.Id)) || network.Host == host.Name).Select(network => network.Label).Order(StringComparer.Ordinal)])
    {
        HasPublicInterface = report?.HasPublicInterface ?? false,
        IsDrained = host.IsDrained,
    };

    /// <summary>
    /// All networks are read only when one of them has changed: this is asked every few seconds by each host. Not from one moment: what is read must be no
    /// older than the lock, for which this waits while somebody takes a network away.
    /// </summary>
    private async Task<IReadOnlyList<NetworkDuty>> DutiesAsync(string host, CancellationToken cancellation)
    {
        await using var session = await sessions.WriteAsync(cancellation);
        var batch = session.Documents.CreateBatchQuery();
        var stamp = NetworkDirectory.AskFor(batch);
        await batch.Execute(cancellation);
        await directory.RefreshAsync(await stamp, session.Documents, cancellation);
        return [.. directory.Networks.Select(network => NetworkDuty.Of(network, host)).OfType<NetworkDuty>()];
    }
}
