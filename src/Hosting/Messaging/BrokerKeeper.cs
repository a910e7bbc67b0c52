using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>Opens the broker connection at start and again after each loss, and says in the log what it waits for.</summary>
internal sealed class BrokerKeeper(Broker broker, ILogger<BrokerKeeper> log) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var connection = await broker.ConnectAsync(stoppingToken);
                pause = FirstPause;
                await ClosedAsync(connection, stoppingToken);
                log.LogWarning("The connection to the broker is lost: {Reason}; connecting again", broker.NotReady);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("The broker cannot be used: {Reason}; next try in {Seconds} s", Broker.Reason(fault), pause.TotalSeconds);
                await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task ClosedAsync(RabbitMQ.Client.IConnection connection, CancellationToken cancellation)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, _) =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        if (connection.IsOpen)
        {
            await closed.Task.WaitAsync(cancellation);
        }
    }
}

/// <summary>Ready when the broker answers and all exchanges, queues and bindings are declared.</summary>
internal sealed class BrokerHealth(Broker broker) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(broker.NotReady is { } reason
            ? HealthCheckResult.Unhealthy(reason)
            : HealthCheckResult.Healthy("connected; exchanges, queues and bindings are declared"));
}
