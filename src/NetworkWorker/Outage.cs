using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Exceptions;

namespace NovaNetBus.NetworkWorker;

/// <summary>Waits out a database or a broker that is away: nothing is lost, and nothing goes to the error queue for that.</summary>
internal sealed partial class Outage(TimeProvider clock, ILogger<Outage> log)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100), Longest = TimeSpan.FromSeconds(5);

    /// <summary>Tries again, ever more slowly, until it succeeds, fails for another reason, or the worker stops.</summary>
    public async Task<T> WaitOutAsync<T>(string what, Func<CancellationToken, Task<T>> attempt, CancellationToken cancellation)
    {
        for (var pause = First; ; pause = pause * 2 < Longest ? pause * 2 : Longest)
        {
            try
            {
                return await attempt(cancellation);
            }
            catch (Exception failure) when (IsOutage(failure) && !cancellation.IsCancellationRequested)
            {
                LogWaiting(log, what, pause.TotalSeconds, failure.Message);
                await Task.Delay(pause, clock, cancellation);
            }
        }
    }

    /// <summary>As above, for what has no result.</summary>
    public Task WaitOutAsync(string what, Func<CancellationToken, Task> attempt, CancellationToken cancellation) =>
        WaitOutAsync(
            what,
            async token =>
            {
                await attempt(token);
                return true;
            },
            cancellation);

    private static bool IsOutage(Exception failure) =>
        failure is SocketException or IOException or TimeoutException or RabbitMQClientException or DbException { IsTransient: true }
        || (failure.InnerException is { } inner && IsOutage(inner));

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} has to wait {Seconds} s: {Reason}")]
    private static partial void LogWaiting(ILogger log, string what, double seconds, string reason);
}
