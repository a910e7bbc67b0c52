using MassTransit;
using NovaNetBus.Hosting.Telemetry;
using RabbitMQ.Client;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>Ends the error pipe of a queue: the message is put into its error queue, with the reason; only then is it acknowledged.</summary>
internal sealed class MovesToErrorQueue(string queue, Broker broker, ErrorQueues errors) : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        var delivery = context.GetPayload<RabbitMqBasicConsumeContext>();
        var user = Forwarding.UserOf(delivery.Properties, delivery.Exchange, delivery.RoutingKey ?? "");
        var properties = Forwarding.PropertiesOf(delivery.Properties, user, broker.User);
        if (string.IsNullOrEmpty(properties.Type) && delivery.Exchange.Length > 0)
        {
            properties.Type = delivery.Exchange;
        }

        FailureHeaders.Write(properties, context);
        await errors.PutAsync(queue, properties, context.Body.GetBytes(), context.CancellationToken);
        BusMetrics.ToErrorQueue.Add(1, new KeyValuePair<string, object?>("code", (context.Exception as InvalidMessageException)?.Code ?? "exception"));
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("movesToErrorQueue");
}
