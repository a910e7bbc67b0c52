using Marten;
using NovaNetBus.Domain.Hosts;

namespace NovaNetBus.Ledger;

/// <summary>A host that has had a worker.</summary>
/// <param name="Host">Its name.</param>
/// <param name="JoinedAt">UTC, of its first worker's first start.</param>
/// <param name="LastSeen">UTC, of its last report; null: none yet.</param>
/// <param name="Version">Of the worker that reported; null: none yet.</param>
/// <param name="Ports">How many ports of instances it had at its last report.</param>
/// <param name="Drift">How many differences its last full reconcile found.</param>
/// <param name="Networks">Labels of the networks where it has an address of its own.</param>
public sealed record HostEntry(string Host, DateTimeOffset JoinedAt, DateTimeOffset? LastSeen, string? Version, int Ports, int Drift, IReadOnlyList<string> Networks);

/// <summary>The hosts that are known. Every method throws on an outage.</summary>
public sealed class HostRegistry
{
    private readonly LedgerSessions sessions;

    internal HostRegistry(LedgerSessions sessions) => this.sessions = sessions;

    /// <summary>Makes a host known. Nothing happens when it is.</summary>
    public async Task JoinAsync(string host, DateTimeOffset now, CancellationToken cancellation)
    {
        try
        {
            await using var session = await sessions.WriteAsync(cancellation);
            if (await session.Documents.LoadAsync<HostDocument>(host, cancellation) is null)
            {
                session.Append(Streams.OfHost(host), 0, [new HostJoined(host, now)], [new Origin(null, host, host, null)]);
                await session.CommitAsync(cancellation);
            }
        }
        catch (Exception exception) when (StoreFaults.IsLostRace(exception))
        {
            // It has joined this very moment, by its first instance.
        }
    }

    /// <summary>Keeps what a host says of itself; the last word counts.</summary>
    public async Task HeartbeatAsync(string host, string version, int ports, int drift, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var session = await sessions.WriteAsync(cancellation);
        session.Documents.Store(new HostReportDocument { Id = host, LastSeen = now, Version = version, Ports = ports, Drift = drift });
        await session.CommitAsync(cancellation);
    }

    /// <summary>True when the host has joined.</summary>
    public async Task<bool> IsKnownAsync(string host, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        return await session.Documents.LoadAsync<HostDocument>(host, cancellation) is not null;
    }

    /// <summary>All hosts, by name.</summary>
    public async Task<IReadOnlyList<HostEntry>> ListAsync(CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var networks = (await NetworkDirectory.ReadAsync(session.Documents, cancellation)).ToDictionary(network => network.Id, network => network.Label);
        var reports = (await session.Documents.Query<HostReportDocument>().ToListAsync(cancellation)).ToDictionary(report => report.Id);
        var hosts = await session.Documents.Query<HostDocument>().ToListAsync(cancellation);
        return [.. hosts.OrderBy(host => host.Id, StringComparer.Ordinal).Select(host => Entry(host.State, reports.GetValueOrDefault(host.Id), networks))];
    }

    private static HostEntry Entry(HostRecord host, HostReportDocument? report, Dictionary<Guid, string> labels) => new(
        host.Name, host.JoinedAt, report?.LastSeen, report?.Version, report?.Ports ?? 0, report?.Drift ?? 0,
        [.. host.Addresses.Keys.Select(id => labels.GetValueOrDefault(id)).OfType<string>().Order(StringComparer.Ordinal)]);
}
