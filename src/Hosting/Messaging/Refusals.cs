using MassTransit;
using Microsoft.Extensions.Logging;
using NovaNetBus.Contracts;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>
/// Stands in the error pipe before the move to the error queue: who sent a message that cannot be read is told so, if the message says whom to tell.
/// </summary>
internal sealed class Refusals(string queue, FactPublisher facts, ILogger<Refusals> log) : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (context.Exception is InvalidMessageException fault)
        {
            context.ExceptionHeaders.Set(FailureHeaders.Code, fault.Code);
            await TellAsync(context, fault);
        }

        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("refusals");

    private async Task TellAsync(ExceptionReceiveContext context, InvalidMessageException fault)
    {
        var origin = Delivery.Of(context);
        var body = context.Body.GetBytes();
        var instance = PlainJson.InstanceIdOf(body);
        using var scope = LogScope.Of(origin.MessageId, instance, null);
        log.LogWarning("A message on {Queue} cannot be read and goes to its error queue: {Reason}", queue, fault.Message);
        try
        {
            if (queue == Wire.AdminQueue)
            {
                await facts.ReplyAsync(new AdminReply(null, fault.Code, fault.Message), origin, context.CancellationToken);
            }
            else if (instance is not null || origin.ReplyTo is not null)
            {
                var failed = new InstanceNetworkFailed(instance ?? Guid.Empty, PlainJson.TextOf(body, "host"), fault.Code, fault.Message, Retryable: false);
                await facts.PublishAsync(failed, RoutingKeyOf(context), (instance?.ToString() ?? origin.CorrelationId) ?? "", origin, context.CancellationToken);
            }
        }
        catch (Exception lost) when (lost is not OperationCanceledException)
        {
            // The error queue is what must not be missed; the word to the sender is a courtesy.
            log.LogWarning("The sender of an unreadable message on {Queue} could not be told: {Reason}", queue, Broker.Reason(lost));
        }
    }

    private static string RoutingKeyOf(ReceiveContext context) =>
        context.TryGetPayload(out RabbitMqBasicConsumeContext? delivery) && delivery.Exchange.Length > 0 ? delivery.RoutingKey ?? "" : "";
}
