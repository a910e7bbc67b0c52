using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Projects;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>project show and project quota. Any name is one of a project, since projects are the compute service's.</summary>
internal sealed class ProjectCommands(ProjectLedger ledger, FloatingQueries floatings, NovaNetOptions options, TimeProvider clock)
{
    /// <summary>What it may have and what it has.</summary>
    public async Task<object?> ShowAsync(AdminArguments arguments, CancellationToken cancellation) => await RowOfAsync(arguments.Required("project"), cancellation);

    /// <summary>The same, after the change.</summary>
    public async Task<object?> QuotaAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        var project = arguments.Required("project");
        var decision = await ledger.SetQuotaAsync(
            project, arguments.Number("fixed-ips"), arguments.Number("floating-ips"), clock.GetUtcNow(), OriginOf(delivery), cancellation);
        return decision is Decision<Project>.Refused refused
            ? throw new RefusedException(refused.Refusal.Code, refused.Refusal.Message)
            : await RowOfAsync(project, cancellation);
    }

    private async Task<ProjectRow> RowOfAsync(string project, CancellationToken cancellation)
    {
        var entry = await ledger.ReadAsync(project, cancellation);
        return new ProjectRow(
            project,
            new ProjectCounts(entry.State.FixedIps ?? options.QuotaFixedIps, entry.State.FloatingIps ?? options.QuotaFloatingIps),
            new ProjectCounts(entry.FixedIps, await floatings.UsedAsync(project, cancellation)),
            [.. entry.Networks.Select(network => network.Label)]);
    }

    private Origin OriginOf(Delivery delivery) => new(delivery.MessageId, delivery.CorrelationId ?? Guid.NewGuid().ToString(), options.Host, delivery.UserId);
}
