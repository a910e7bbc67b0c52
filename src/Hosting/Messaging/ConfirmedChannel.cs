using RabbitMQ.Client;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>
/// One channel with publisher confirms, many publishes in flight; opened when needed and again after a loss. No rate limiter: RabbitMQ.Client's delays
/// on purpose, and the callers bound themselves.
/// </summary>
internal sealed class ConfirmedChannel(Broker broker) : IAsyncDisposable
{
    private static readonly CreateChannelOptions Confirmed = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    private readonly SemaphoreSlim _opening = new(1, 1);
    private IChannel? _channel;

    /// <summary>Completes when the broker has taken the message. Throws when it has not, or when <paramref name="mandatory"/> and no queue takes it.</summary>
    public async Task PublishAsync(string exchange, string routingKey, bool mandatory, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var channel = _channel is { IsOpen: true } open ? open : await OpenAsync(cancellation);
        await channel.BasicPublishAsync(exchange, routingKey, mandatory, properties, body, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is { } channel)
        {
            await channel.DisposeAsync();
        }
    }

    private async Task<IChannel> OpenAsync(CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation);
        try
        {
            if (_channel is { IsOpen: true } open)
            {
                return open;
            }

            if (_channel is { } lost)
            {
                await lost.DisposeAsync();
            }

            return _channel = await broker.ChannelAsync(Confirmed, cancellation);
        }
        finally
        {
            _opening.Release();
        }
    }
}
