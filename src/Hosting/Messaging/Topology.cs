using NovaNetBus.Contracts;
using RabbitMQ.Client;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>
/// The exchanges, queues and bindings of interfaces.md section 2. Every program declares all of them at its start, so that nothing
/// published is dropped because another program has not run yet; declaring again changes nothing.
/// </summary>
/// <param name="WorkerHost">The host whose worker this process is; null: none.</param>
public sealed record Topology(string? WorkerHost)
{
    /// <summary>
    /// A quorum queue's arguments. MassTransit declares the same, else the broker refuses (406). The group size is left to the broker: a cluster of three
    /// replicates, a single node does not.
    /// </summary>
    public static IReadOnlyDictionary<string, object?> QueueArguments(bool singleActiveConsumer)
    {
        var arguments = new Dictionary<string, object?> { [Headers.XQueueType] = "quorum" };
        if (singleActiveConsumer)
        {
            arguments[Headers.XSingleActiveConsumer] = true;
        }

        return arguments;
    }

    /// <summary>Declares everything by this channel. Idempotent.</summary>
    public async Task DeclareAsync(IChannel channel, CancellationToken cancellation)
    {
        await channel.ExchangeDeclareAsync(Wire.UnroutedExchange, ExchangeType.Fanout, durable: true, cancellationToken: cancellation);
        await DeclareQueueAsync(channel, Wire.SchedulerQueue, singleActiveConsumer: false, cancellation);
        await DeclareQueueAsync(channel, Wire.AdminQueue, singleActiveConsumer: false, cancellation);
        await channel.QueueBindAsync(Wire.SchedulerQueue, Wire.UnroutedExchange, "", cancellationToken: cancellation);
        var unrouted = new Dictionary<string, object?> { [Headers.AlternateExchange] = Wire.UnroutedExchange };
        foreach (var exchange in Wire.ComputeEvents.Values)
        {
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true, arguments: unrouted, cancellationToken: cancellation);
        }

        foreach (var exchange in Wire.Facts.Values)
        {
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true, cancellationToken: cancellation);
        }

        if (WorkerHost is not null)
        {
            await DeclareWorkerAsync(channel, WorkerHost, cancellation);
        }
    }

    internal static async Task DeclareWorkerAsync(IChannel channel, string host, CancellationToken cancellation)
    {
        var queue = Wire.WorkerQueue(host);
        await DeclareQueueAsync(channel, queue, singleActiveConsumer: true, cancellation);
        foreach (var exchange in Wire.ComputeEvents.Values)
        {
            await channel.QueueBindAsync(queue, exchange, host, cancellationToken: cancellation);
        }
    }

    private static Task DeclareQueueAsync(IChannel channel, string queue, bool singleActiveConsumer, CancellationToken cancellation) =>
        channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(QueueArguments(singleActiveConsumer)), cancellationToken: cancellation);
}
