using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>
/// This process's own connection to the broker, beside MassTransit's: for topology, facts, replies and what is sent on.
/// Each new connection declares the topology first, so that a broker that came back empty is filled again.
/// </summary>
public sealed class Broker(string uri, string clientName, Topology topology, ILogger<Broker> log) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private IConnection? _connection;

    /// <summary>The broker's name for this program.</summary>
    internal string User { get; } = new ConnectionFactory { Uri = new Uri(uri) }.UserName;

    /// <summary>Why there is no connection with a declared topology; null when there is one.</summary>
    public string? NotReady { get; private set; } = "not yet connected";

    /// <summary>The live connection; opens one if there is none. Throws when the broker does not answer or refuses.</summary>
    public async Task<IConnection> ConnectAsync(CancellationToken cancellation)
    {
        if (_connection is { IsOpen: true } open)
        {
            return open;
        }

        await _opening.WaitAsync(cancellation);
        try
        {
            return _connection is { IsOpen: true } ? _connection : _connection = await OpenAsync(cancellation);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            NotReady = $"the broker cannot be used: {Reason(fault)}";
            throw;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>A channel on the live connection. The caller disposes of it.</summary>
    public async Task<IChannel> ChannelAsync(CreateChannelOptions? options, CancellationToken cancellation) =>
        await (await ConnectAsync(cancellation)).CreateChannelAsync(options, cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<IConnection> OpenAsync(CancellationToken cancellation)
    {
        if (_connection is { } old)
        {
            await old.DisposeAsync();
        }

        var factory = new ConnectionFactory
        {
            Uri = new Uri(uri),
            AutomaticRecoveryEnabled = false,
            ClientProvidedName = clientName,
            RequestedHeartbeat = TimeSpan.FromSeconds(10),
        };
        var connection = await factory.CreateConnectionAsync(cancellation);
        try
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
            await topology.DeclareAsync(channel, cancellation);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        connection.ConnectionShutdownAsync += Lost;
        NotReady = null;
        log.LogInformation("Connected to the broker at {Broker}; exchanges, queues and bindings are declared", factory.Endpoint.HostName + ":" + factory.Endpoint.Port);
        return connection;
    }

    private Task Lost(object connection, ShutdownEventArgs reason)
    {
        NotReady = $"the connection to the broker was lost: {reason.ReplyText}";
        return Task.CompletedTask;
    }

    /// <summary>The innermost sentence; RabbitMQ.Client's outermost says only that no endpoint was reachable.</summary>
    internal static string Reason(Exception fault) => fault.GetBaseException().Message;
}
