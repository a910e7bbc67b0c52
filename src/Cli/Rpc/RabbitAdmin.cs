using System.Globalization;
using System.Text.Json;
using NovaNetBus.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace NovaNetBus.Cli.Rpc;

/// <summary>Asks the scheduler through the queue <see cref="Wire.AdminQueue"/>; the connection is made with the first question and kept for others.</summary>
/// <param name="connectionString">An <c>amqp://</c> or <c>amqps://</c> URI; null when none is configured.</param>
internal sealed class RabbitAdmin(string? connectionString) : IAdmin, IAsyncDisposable
{
    private IConnection? connection;

    /// <summary>Ends the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }

    /// <inheritdoc />
    public async Task<AdminReply> Ask(AdminRequest request, TimeSpan timeout, CancellationToken stop)
    {
        var factory = Factory(timeout);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        try
        {
            connection ??= await factory.CreateConnectionAsync(limit.Token);
            return await Ask(connection, factory.UserName, request, timeout, limit.Token);
        }
        catch (BrokerUnreachableException unreachable)
        {
            throw new NoConnectionException(WhyUnreachable(factory, unreachable), unreachable);
        }
        catch (PublishException returned) when (returned.IsReturn)
        {
            throw new NoConnectionException($"no scheduler has run on the broker at {Place(factory)} yet: start novanet-scheduler", returned);
        }
        catch (Exception lost) when (lost is OperationInterruptedException or PublishException or IOException)
        {
            throw new NoConnectionException($"the connection to the broker at {Place(factory)} was lost; the request may still be carried out", lost);
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new NoConnectionException(
                $"no scheduler answered within {timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s by the broker at {Place(factory)}", late);
        }
    }

    private static async Task<AdminReply> Ask(IConnection connection, string user, AdminRequest request, TimeSpan timeout, CancellationToken limit)
    {
        var confirmed = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        await using var channel = await connection.CreateChannelAsync(confirmed, limit);
        var replyQueue = await channel.QueueDeclareAsync(string.Empty, durable: false, exclusive: true, autoDelete: true, cancellationToken: limit);
        var properties = new BasicProperties
        {
            ContentType = "application/json",
            ReplyTo = replyQueue.QueueName,
            CorrelationId = Guid.NewGuid().ToString(),
            MessageId = Guid.NewGuid().ToString(),
            UserId = user, // the broker checks it, and the log keeps it
            // A scheduler that comes back later must not carry out what its operator has given up.
            Expiration = ((long)timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
        };
        var answer = await Listen(channel, properties, limit);
        var body = JsonSerializer.SerializeToUtf8Bytes(request, AdminJson.Default.AdminRequest);
        await channel.BasicPublishAsync(string.Empty, Wire.AdminQueue, mandatory: true, properties, body, limit);
        return Read(await answer.WaitAsync(limit));
    }

    private static async Task<Task<byte[]>> Listen(IChannel channel, BasicProperties question, CancellationToken limit)
    {
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            if (delivery.BasicProperties.CorrelationId == question.CorrelationId)
            {
                answer.TrySetResult(delivery.Body.ToArray());
            }

            return Task.CompletedTask;
        };
        consumer.ShutdownAsync += (_, shutdown) =>
        {
            answer.TrySetException(new OperationInterruptedException(shutdown));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(question.ReplyTo!, autoAck: true, consumer, limit);
        return answer.Task;
    }

    private static AdminReply Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, AdminJson.Default.AdminReply) ?? throw new JsonException("null");
        }
        catch (JsonException unreadable)
        {
            throw new NoConnectionException("the scheduler's answer is no AdminReply: are both programs of the same version?", unreadable);
        }
    }

    private ConnectionFactory Factory(TimeSpan timeout)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new NoConnectionException("no broker is configured: set ConnectionStrings__RabbitMq (scripts/services.sh writes it to .services/env)");
        }

        try
        {
            return new ConnectionFactory
            {
                Uri = new Uri(connectionString),
                ClientProvidedName = "novanet",
                AutomaticRecoveryEnabled = false,
                RequestedConnectionTimeout = timeout,
            };
        }
        catch (Exception malformed) when (malformed is UriFormatException or ArgumentException)
        {
            // Not the string itself: it holds the password.
            throw new NoConnectionException("ConnectionStrings__RabbitMq is not of the form amqp://USER:PASSWORD@HOST:PORT/VHOST");
        }
    }

    private static string WhyUnreachable(ConnectionFactory factory, Exception unreachable)
    {
        for (var cause = unreachable; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationFailureException or PossibleAuthenticationFailureException)
            {
                return $"the broker at {Place(factory)} does not accept user {factory.UserName} with the password given";
            }
        }

        return $"the broker at {Place(factory)} cannot be reached: {unreachable.GetBaseException().Message}";
    }

    private static string Place(ConnectionFactory factory) => $"{factory.Endpoint.HostName}:{factory.Endpoint.Port}";
}
