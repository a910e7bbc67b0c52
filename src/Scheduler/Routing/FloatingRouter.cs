using NovaNetBus.Contracts;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;

namespace NovaNetBus.Scheduler.Routing;

/// <summary>Finds the host that has the next thing to do for a floating IP.</summary>
internal sealed class FloatingRouter(FloatingQueries queries, NovaNetOptions options, TimeProvider clock)
{
    public async Task<Route> OfAssociateAsync(FloatingAssociate message, CancellationToken cancellation) =>
        RouteOf(await queries.WayToAssociateAsync(FloatingTranslation.ToCommand(message, options, clock.GetUtcNow()), cancellation), message.InstanceId);

    /// <param name="messageId">AMQP's, if it has one.</param>
    public async Task<Route> OfDisassociateAsync(FloatingDisassociate message, string? messageId, CancellationToken cancellation)
    {
        var asked = FloatingTranslation.Checked(message);
        return RouteOf(await queries.WayToDisassociateAsync(asked.FloatingIp, asked.ProjectId, messageId, cancellation), Guid.Empty);
    }

    private static Route RouteOf(FloatingWay way, Guid instanceId) => way switch
    {
        FloatingWay.Associate target => new Route.ToWorker(target.Host),
        FloatingWay.Disassociate holder => new Route.ToWorker(holder.Host),
        FloatingWay.Done done => new Route.ToWorker(done.Left.Host), // which tells it again
        FloatingWay.Refused { Refusal: var why } => new Route.Refused(new InstanceNetworkFailed(instanceId, null, why.Code, why.Message, why.Retryable)),
        _ => throw new InvalidOperationException($"{way.GetType().Name} is not known"),
    };
}
