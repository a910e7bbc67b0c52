using NovaNetBus.Contracts;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;

namespace NovaNetBus.Scheduler.Routing;

/// <summary>Finds the host that has the next thing to do for a floating IP.</summary>
internal sealed class FloatingRouter(FloatingQueries queries, IHostDirectory hosts, NovaNetOptions options, TimeProvider clock)
{
    public async Task<Route> OfAssociateAsync(FloatingAssociate message, CancellationToken cancellation) =>
        await RouteOfAsync(await queries.WayToAssociateAsync(FloatingTranslation.ToCommand(message, options, clock.GetUtcNow()), cancellation), message.InstanceId, cancellation);

    /// <param name="messageId">AMQP's, if it has one.</param>
    public async Task<Route> OfDisassociateAsync(FloatingDisassociate message, string? messageId, CancellationToken cancellation)
    {
        var asked = FloatingTranslation.Checked(message);
        return await RouteOfAsync(await queries.WayToDisassociateAsync(asked.FloatingIp, asked.ProjectId, messageId, cancellation), Guid.Empty, cancellation);
    }

    /// <summary>The host that takes the step, or acts for one without a worker. Throws <see cref="InvalidOperationException"/> for a way that has no step.</summary>
    public async Task<string?> HostOfAsync(FloatingWay way, CancellationToken cancellation) => way switch
    {
        FloatingWay.Associate { InstanceId: var id, Host: var host } => host ?? await hosts.ActingForAsync(id, cancellation),
        FloatingWay.Disassociate { InstanceId: var id, Host: var host } => host ?? await hosts.ActingForAsync(id, cancellation),
        FloatingWay.Done { Left: var left } => await hosts.IsKnownAsync(left.Host, cancellation) ? left.Host : await hosts.ActingForAsync(left.InstanceId, cancellation), // which tells it again
        _ => throw new InvalidOperationException($"{way.GetType().Name} has no host"),
    };

    private async Task<Route> RouteOfAsync(FloatingWay way, Guid instanceId, CancellationToken cancellation) => way switch
    {
        FloatingWay.Refused { Refusal: var why } => new Route.Refused(new InstanceNetworkFailed(instanceId, null, why.Code, why.Message, why.Retryable)),
        _ when await HostOfAsync(way, cancellation) is { } host => new Route.ToWorker(host),
        _ => new Route.Refused(new InstanceNetworkFailed(instanceId, null, ErrorCodes.HostNotFound, "No worker is known on any host; start novanet-worker.", true)),
    };
}
