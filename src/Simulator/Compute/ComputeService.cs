using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace NovaNetBus.Simulator.Compute;

/// <summary>Publishes compute events as a service without any library of ours would: plain JSON, <c>reply_to</c> and <c>correlation_id</c>.</summary>
internal sealed class ComputeService : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly string _replies;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Reply>> _waiting = new();

    private ComputeService(IConnection connection, IChannel channel, string replies)
    {
        _connection = connection;
        _channel = channel;
        _replies = replies;
    }

    /// <param name="Type">The fact's exchange.</param>
    /// <param name="Body">Its JSON.</param>
    private sealed record Reply(string Type, byte[] Body);

    public static async Task<ComputeService> ConnectAsync(string broker, CancellationToken ct)
    {
        var connection = await new ConnectionFactory { Uri = new Uri(broker), ClientProvidedName = "novanet-simulator" }.CreateConnectionAsync(ct);
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
        await new Topology(WorkerHost: null).DeclareAsync(channel, ct);
        var queue = await channel.QueueDeclareAsync(queue: "", durable: false, exclusive: true, autoDelete: true, cancellationToken: ct);
        var service = new ComputeService(connection, channel, queue.QueueName);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += service.OnReplyAsync;
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer, ct);
        return service;
    }

    /// <summary>Publishes and waits for the answer.</summary>
    /// <exception cref="SimulatorException">The network was refused (its code comes first in the message), or no answer came in time.</exception>
    public async Task<HostNetworkConfigured> SpawnAsync(InstanceSpawning spawning, TimeSpan bound, CancellationToken ct) =>
        await AskAsync<HostNetworkConfigured>(spawning, spawning.Host, $"instance-spawning of {spawning.InstanceId} on {spawning.Host}", bound, ct);

    /// <inheritdoc cref="SpawnAsync"/>
    public async Task<InstanceNetworkReleased> DeleteAsync(InstanceDeleted deleted, TimeSpan bound, CancellationToken ct) =>
        await AskAsync<InstanceNetworkReleased>(deleted, deleted.Host ?? "", $"instance-deleted of {deleted.InstanceId}", bound, ct);

    /// <inheritdoc cref="SpawnAsync"/>
    public Task<FloatingIpAssociated> AssociateAsync(FloatingAssociate associate, TimeSpan bound, CancellationToken ct) =>
        AskAsync<FloatingIpAssociated>(associate, "", $"floating-associate of {associate.InstanceId}", bound, ct);

    /// <summary>Publishes both messages of a move, and waits for the answer of the host where it arrives.</summary>
    /// <inheritdoc cref="SpawnAsync"/>
    public async Task<HostNetworkConfigured> MoveAsync(Guid instanceId, string from, string to, TimeSpan bound, CancellationToken ct)
    {
        await PublishAsync(new InstanceMigrating(instanceId, from, to), from, Guid.NewGuid().ToString(), ct);
        return await AskAsync<HostNetworkConfigured>(new InstanceMigrated(instanceId, from, to), to, $"instance-migrated of {instanceId} to {to}", bound, ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task<TFact> AskAsync<TFact>(object message, string routingKey, string what, TimeSpan bound, CancellationToken ct)
    {
        var correlation = Guid.NewGuid().ToString();
        var answer = _waiting.GetOrAdd(correlation, _ => new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await PublishAsync(message, routingKey, correlation, ct);
            var reply = await answer.Task.WaitAsync(bound, ct);
            return Understand<TFact>(reply);
        }
        catch (TimeoutException)
        {
            throw new SimulatorException($"No answer to {what} within {bound.TotalSeconds:0} s. Does its worker run? The message waits in its queue.");
        }
        finally
        {
            _waiting.TryRemove(correlation, out _);
        }
    }

    private async Task PublishAsync(object message, string routingKey, string correlation, CancellationToken ct)
    {
        var exchange = Wire.ExchangeOf(message.GetType());
        var properties = new BasicProperties
        {
            ContentType = "application/json",
            DeliveryMode = DeliveryModes.Persistent,
            MessageId = Guid.NewGuid().ToString(),
            CorrelationId = correlation,
            ReplyTo = _replies,
        };
        try
        {
            await _channel.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, JsonSerializer.SerializeToUtf8Bytes(message, message.GetType(), Json), ct);
        }
        catch (Exception e) when (e is AlreadyClosedException or OperationInterruptedException or PublishException)
        {
            throw new SimulatorException($"The broker does not take {exchange}: {e.Message}");
        }
    }

    private Task OnReplyAsync(object sender, BasicDeliverEventArgs delivery)
    {
        if (delivery.BasicProperties.CorrelationId is { } correlation && _waiting.TryGetValue(correlation, out var answer))
        {
            answer.TrySetResult(new Reply(delivery.BasicProperties.Type ?? "", delivery.Body.ToArray()));
        }

        return Task.CompletedTask;
    }

    private static TFact Understand<TFact>(Reply reply)
    {
        if (reply.Type == Wire.Facts[typeof(InstanceNetworkFailed)])
        {
            var failed = JsonSerializer.Deserialize<InstanceNetworkFailed>(reply.Body, Json)!;
            throw new SimulatorException($"{failed.Code}: {failed.Message}");
        }

        return reply.Type == Wire.Facts[typeof(TFact)]
            ? JsonSerializer.Deserialize<TFact>(reply.Body, Json)!
            : throw new SimulatorException($"The answer is a {reply.Type} and not a {Wire.Facts[typeof(TFact)]}.");
    }
}
