using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace NovaNetBus.Integration.Tests.Messaging;

/// <summary>A compute service with nothing but an AMQP client: publishes, and listens on a queue of its own.</summary>
internal sealed class ComputeService : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private ComputeService(IConnection connection, IChannel channel, string queue) => (_connection, _channel, Queue) = (connection, channel, queue);

    /// <summary>Exclusive and gone at the end; good as reply_to.</summary>
    public string Queue { get; }

    public ConcurrentQueue<Received> Inbox { get; } = [];

    public static async Task<ComputeService> ConnectAsync()
    {
        var connection = await new ConnectionFactory { Uri = new Uri(Services.RabbitMq) }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        var service = new ComputeService(connection, channel, queue);
        await service.ConsumeAsync(queue);
        return service;
    }

    public Task BindAsync(string exchange, string routingKey) => _channel.QueueBindAsync(Queue, exchange, routingKey);

    public async Task ConsumeAsync(string queue)
    {
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            Inbox.Enqueue(new Received(message.Exchange, message.RoutingKey, new BasicProperties(message.BasicProperties), message.Body.ToArray()));
            return Task.CompletedTask;
        };
        await _channel.BasicConsumeAsync(queue, autoAck: true, consumer);
    }

    public async Task PublishAsync(string exchange, string routingKey, string json, Action<BasicProperties>? set = null)
    {
        var properties = new BasicProperties();
        set?.Invoke(properties);
        await _channel.BasicPublishAsync(exchange, routingKey, mandatory: false, properties, Encoding.UTF8.GetBytes(json));
    }

    public async Task<Received> NextAsync()
    {
        Received? next = null;
        await Eventually.HoldsAsync("a message has come to the compute service", () => Inbox.TryDequeue(out next));
        return next!;
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}

internal sealed record Received(string Exchange, string RoutingKey, BasicProperties Properties, byte[] Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string? Header(string name) => Properties.Headers?.TryGetValue(name, out var value) == true && value is byte[] text ? Encoding.UTF8.GetString(text) : null;
}
