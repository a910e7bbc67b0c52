using System.Diagnostics;
using MassTransit;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Telemetry;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>Measures how long each message takes, whatever becomes of it.</summary>
internal sealed class MessageClock(string queue) : IFilter<ReceiveContext>
{
    private static readonly HashSet<string> Known = [.. Wire.ComputeEvents.Values, .. Wire.Internal.Values];

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            await next.Send(context);
        }
        finally
        {
            BusMetrics.Handled.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>("type", TypeOf(context)));
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("messageClock");

    /// <summary>Publishers write what they like: what nobody knows is one type.</summary>
    private string TypeOf(ReceiveContext context)
    {
        var delivery = context.GetPayload<RabbitMqBasicConsumeContext>();
        var name = string.IsNullOrEmpty(delivery.Properties.Type) ? delivery.Exchange : delivery.Properties.Type;
        return Known.TryGetValue(name, out var known) ? known : queue == Wire.AdminQueue ? Wire.AdminQueue : "unknown";
    }
}
