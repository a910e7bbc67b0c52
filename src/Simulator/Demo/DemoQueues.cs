using NovaNetBus.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace NovaNetBus.Simulator.Demo;

/// <summary>The queues of the demo's programs on a broker that may be somebody's: none that others use is touched, and those that the demo made go with it.</summary>
internal static class DemoQueues
{
    private static IEnumerable<string> Shared => [Wire.SchedulerQueue, Wire.AdminQueue];

    /// <summary>Refuses when other programs of ours run on this broker; forgets what an earlier demo's hosts left.</summary>
    /// <returns>The queues to remove at the end.</returns>
    public static async Task<IReadOnlyList<string>> ClaimAsync(string broker, IReadOnlyList<string> hosts, CancellationToken ct)
    {
        await using var connection = await ConnectAsync(broker, ct);
        var workers = hosts.Select(Wire.WorkerQueue).ToList();
        var mine = workers.SelectMany(WithErrors).ToList();
        foreach (var queue in workers.Concat(Shared))
        {
            var there = await FindAsync(connection, queue, ct);
            if (there is { ConsumerCount: > 0 } || (there is { MessageCount: > 0 } && Shared.Contains(queue)))
            {
                throw new SimulatorException(
                    $"The queue {queue} of this broker is in use ({there.ConsumerCount} consumers, {there.MessageCount} messages): other NovaNetBus programs work there. "
                    + "Stop them, or give the demo services of its own: NOVANET_SERVICES_DIR=DIR scripts/demo.sh");
            }

            if (there is null && Shared.Contains(queue))
            {
                mine.AddRange(WithErrors(queue));
            }
        }

        await DeleteAsync(connection, mine, ct);
        return mine;
    }

    public static async Task RemoveAsync(string broker, IEnumerable<string> queues, CancellationToken ct)
    {
        await using var connection = await ConnectAsync(broker, ct);
        await DeleteAsync(connection, queues, ct);
    }

    /// <returns>Null when there is no such queue.</returns>
    public static async Task<QueueDeclareOk?> FindAsync(IConnection connection, string queue, CancellationToken ct)
    {
        // Asking for a queue that is not there closes the channel.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        try
        {
            return await channel.QueueDeclarePassiveAsync(queue, ct);
        }
        catch (OperationInterruptedException)
        {
            return null;
        }
    }

    public static Task<IConnection> ConnectAsync(string broker, CancellationToken ct) =>
        new ConnectionFactory { Uri = new Uri(broker), ClientProvidedName = "novanet-simulator demo" }.CreateConnectionAsync(ct);

    private static IEnumerable<string> WithErrors(string queue) => [queue, Wire.ErrorQueue(queue)];

    private static async Task DeleteAsync(IConnection connection, IEnumerable<string> queues, CancellationToken ct)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        foreach (var queue in queues)
        {
            await channel.QueueDeleteAsync(queue, cancellationToken: ct);
        }
    }
}
