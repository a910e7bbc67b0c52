using System.Diagnostics;
using NovaNetBus.Hosting.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace NovaNetBus.Simulator.Load;

/// <summary>What this broker can do at most: publish to a quorum queue, consume, acknowledge, and nothing else.</summary>
internal static class RawBroker
{
    private const string Queue = "novanet.bench-raw";
    private const int BodyBytes = 200;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    /// <returns>Messages per second, from the first published to the last acknowledged.</returns>
    public static async Task<double> RateAsync(IConnection connection, int count, int inFlight, CancellationToken ct)
    {
        await using var publishing = await connection.CreateChannelAsync(cancellationToken: ct);
        await using var consuming = await connection.CreateChannelAsync(cancellationToken: ct);
        await consuming.QueueDeleteAsync(Queue, cancellationToken: ct);
        await consuming.QueueDeclareAsync(
            Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(Topology.QueueArguments(singleActiveConsumer: false)), cancellationToken: ct);
        try
        {
            return await MeasureAsync(publishing, consuming, count, inFlight, ct);
        }
        finally
        {
            await consuming.QueueDeleteAsync(Queue, cancellationToken: CancellationToken.None);
        }
    }

    private static async Task<double> MeasureAsync(IChannel publishing, IChannel consuming, int count, int inFlight, CancellationToken ct)
    {
        using var room = new SemaphoreSlim(inFlight);
        var received = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await consuming.BasicQosAsync(0, (ushort)inFlight, global: false, ct);
        var consumer = new AsyncEventingBasicConsumer(consuming);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            await consuming.BasicAckAsync(delivery.DeliveryTag, multiple: false, ct);
            room.Release();
            if (++received == count)
            {
                done.SetResult();
            }
        };
        await consuming.BasicConsumeAsync(Queue, autoAck: false, consumer, ct);

        var start = Stopwatch.GetTimestamp();
        var body = new byte[BodyBytes];
        var properties = new BasicProperties { ContentType = "application/json", DeliveryMode = DeliveryModes.Persistent };
        for (var i = 0; i < count; i++)
        {
            await room.WaitAsync(ct);
            await publishing.BasicPublishAsync("", Queue, mandatory: false, properties, body, ct);
        }

        await done.Task.WaitAsync(Bound, ct);
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
