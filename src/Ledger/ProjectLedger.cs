using Marten;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Domain.Projects;

namespace NovaNetBus.Ledger;

/// <summary>A project as operators see it.</summary>
/// <param name="State">Its quotas, where they are not the options'.</param>
/// <param name="FixedIps">How many fixed IPs its instances have.</param>
/// <param name="Networks">Its own networks, in order.</param>
public sealed record ProjectEntry(Project State, long FixedIps, IReadOnlyList<Network> Networks);

/// <summary>Projects' quotas, and what they have. A project that nothing is known of has no quota of its own and nothing. Every method throws on an outage.</summary>
public sealed class ProjectLedger
{
    private readonly LedgerSessions sessions;

    internal ProjectLedger(LedgerSessions sessions) => this.sessions = sessions;

    /// <summary>Sets one quota or both. Refusals: see <see cref="ProjectDecisions.SetQuota"/>.</summary>
    public async Task<Decision<Project>> SetQuotaAsync(
        string projectId, int? fixedIps, int? floatingIps, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await TrySetQuotaAsync(projectId, fixedIps, floatingIps, now, origin, cancellation);
            }
            catch (Exception exception) when (StoreFaults.IsLostRace(exception))
            {
                // Another operator was first: his change is read, and this one is made after it.
            }
        }
    }

    /// <summary>What it has now.</summary>
    public async Task<ProjectEntry> ReadAsync(string projectId, CancellationToken cancellation)
    {
        await using var session = await sessions.SnapshotAsync(cancellation);
        var document = await session.Documents.LoadAsync<ProjectDocument>(projectId, cancellation);
        var networks = await NetworkDirectory.ReadAsync(session.Documents, cancellation);
        return new ProjectEntry(
            document?.State ?? new Project(projectId, null, null),
            (await FixedIpQuotas.UsedAsync(session.Connection, [projectId], cancellation)).GetValueOrDefault(projectId),
            [.. networks.Where(network => network.ProjectId == projectId)]);
    }

    private async Task<Decision<Project>> TrySetQuotaAsync(
        string projectId, int? fixedIps, int? floatingIps, DateTimeOffset now, Origin origin, CancellationToken cancellation)
    {
        await using var session = await sessions.WriteAsync(cancellation);
        var document = await session.Documents.LoadAsync<ProjectDocument>(projectId, cancellation);
        var before = document?.State ?? new Project(projectId, null, null);
        var decision = ProjectDecisions.SetQuota(before, projectId, fixedIps, floatingIps, now);
        if (decision is Decision<ProjectEvent>.Refused refused)
        {
            return refused.Refusal;
        }

        var events = ((Decision<ProjectEvent>.Accepted)decision).Events;
        if (events.Count > 0)
        {
            session.Append(Streams.OfProject(projectId), document?.StreamVersion ?? 0, [.. events], [.. events.Select(_ => origin)]);
            await session.CommitAsync(cancellation);
        }

        return ValueList.Of([events.Aggregate(before, Project.Evolve)]);
    }
}
