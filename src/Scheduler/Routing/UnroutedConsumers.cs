using MassTransit;
using Microsoft.Extensions.Logging;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Requests;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;

namespace NovaNetBus.Scheduler.Routing;

/// <summary>Takes what no worker's queue took: finds the way, then sends on or refuses, in the order in which the events came.</summary>
internal sealed class UnroutedConsumers(
    Router router, FloatingRouter floatings, QueueSender sender, FactPublisher facts, Outage outage, RefusalLedger refusals, NovaNetOptions options, TimeProvider clock,
    ILogger<UnroutedConsumers> log)
    : IConsumer<InstanceSpawning>, IConsumer<InstanceDeleted>, IConsumer<InstanceMigrating>, IConsumer<InstanceMigrated>,
        IConsumer<FixedIpAdd>, IConsumer<FixedIpRemove>, IConsumer<FloatingAssociate>, IConsumer<FloatingDisassociate>
{
    /// <summary>A worker's name becomes a queue name of "network." and this; AMQP's limit is 255 bytes, ours is that of the option host.</summary>
    private const int LongestHost = 63;

    public Task Consume(ConsumeContext<InstanceSpawning> context)
    {
        RequireHost(context.Message.Host);
        return FollowAsync(context, context.Message.InstanceId, context.Message.Host, cancellation => router.OfSpawningAsync(context.Message, cancellation));
    }

    public Task Consume(ConsumeContext<InstanceDeleted> context)
    {
        RequireHost(context.Message.Host);
        return FollowAsync(context, context.Message.InstanceId, context.Message.Host, cancellation => router.OfDeletedAsync(context.Message, cancellation));
    }

    public Task Consume(ConsumeContext<InstanceMigrating> context) => FollowAsync(
        context, context.Message.InstanceId, context.Message.SourceHost, cancellation => router.OfInstanceAsync(context.Message.InstanceId, cancellation));

    public Task Consume(ConsumeContext<InstanceMigrated> context)
    {
        RequireHost(context.Message.DestinationHost);
        return FollowAsync(context, context.Message.InstanceId, context.Message.DestinationHost, cancellation => router.OfMigratedAsync(context.Message, cancellation));
    }

    public Task Consume(ConsumeContext<FixedIpAdd> context) => FollowAsync(
        context, context.Message.InstanceId, null, cancellation => router.OfInstanceAsync(context.Message.InstanceId, cancellation));

    public Task Consume(ConsumeContext<FixedIpRemove> context) => FollowAsync(
        context, context.Message.InstanceId, null, cancellation => router.OfInstanceAsync(context.Message.InstanceId, cancellation));

    public Task Consume(ConsumeContext<FloatingAssociate> context) =>
        FollowAsync(context, context.Message.InstanceId, null, cancellation => floatings.OfAssociateAsync(context.Message, cancellation));

    public Task Consume(ConsumeContext<FloatingDisassociate> context) => FollowAsync(
        context, null, null, cancellation => floatings.OfDisassociateAsync(context.Message, Delivery.Of(context).MessageId, cancellation));

    private async Task FollowAsync<T>(ConsumeContext<T> context, Guid? instanceId, string? host, Func<CancellationToken, Task<Route>> find)
        where T : class
    {
        var cancellation = context.CancellationToken;
        var delivery = Delivery.Of(context);
        using var scope = LogScope.Of(delivery.MessageId, instanceId, host);
        var route = await outage.WaitOutAsync("Routing", find, cancellation);
        Task followed;
        using (await DeliveryOrder.TurnAsync(context))
        {
            followed = router.InTurn(route, instanceId, context.Message) switch
            {
                Route.ToWorker worker => SendOnAsync(context, worker.Host),
                Route.Done done => TellAsync(done.Fact, done.Fact.InstanceId, done.Fact.Host, delivery, cancellation),
                Route.Refused refused => RefuseAsync(Wire.ExchangeOf(typeof(T)), refused.Failure, delivery, cancellation),
                _ => throw new InvalidOperationException($"{route.GetType().Name} is not known"),
            };
        }

        await followed;
    }

    private Task SendOnAsync<T>(ConsumeContext<T> context, string host)
        where T : class
    {
        log.LogInformation("Sends {Event} on to the worker of {TargetHost}", Wire.ExchangeOf(typeof(T)), host);
        return outage.WaitOutAsync("Sending on", cancellation => sender.SendToWorkerAsync(context, host, Wire.ExchangeOf(typeof(T)), cancellation), context.CancellationToken);
    }

    private async Task RefuseAsync(string type, InstanceNetworkFailed failure, Delivery delivery, CancellationToken cancellation)
    {
        log.LogWarning("Refuses an event: {Code}: {Reason}", failure.Code, failure.Message);
        Guid? instance = failure.InstanceId == Guid.Empty ? null : failure.InstanceId;
        var refused = new RequestRefused(type, instance, failure.Code, failure.Message, clock.GetUtcNow());
        var origin = new Origin(delivery.MessageId, instance?.ToString() ?? delivery.CorrelationId ?? "", options.Host, delivery.UserId);
        await outage.WaitOutAsync("Recording a refusal", token => refusals.RecordAsync(refused, origin, token), cancellation);
        await TellAsync(failure, failure.InstanceId, failure.Host, delivery, cancellation);
    }

    private Task TellAsync(object fact, Guid instanceId, string? host, Delivery delivery, CancellationToken cancellation)
    {
        var correlation = instanceId == Guid.Empty ? delivery.CorrelationId ?? "" : instanceId.ToString();
        return outage.WaitOutAsync(
            "Telling a fact",
            async token =>
            {
                await facts.PublishAsync(fact, host ?? "", correlation, delivery, token);
                return true;
            },
            cancellation);
    }

    private static void RequireHost(string? host)
    {
        if (host is not null && (host.Length is 0 or > LongestHost || !host.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-')))
        {
            throw new InvalidMessageException($"The field host must be 1 to {LongestHost} characters of A-Z a-z 0-9 . _ -");
        }
    }
}
