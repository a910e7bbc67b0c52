using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Exceptions;

namespace NovaNetBus.Hosting;

/// <summary>Waits out a store or a broker that is away, so that no message goes to an error queue for that.</summary>
public sealed class Outage(TimeProvider clock, ILogger<Outage> log)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Tries again, ever more slowly, until it succeeds, fails for another reason than an outage, or is cancelled.</summary>
    /// <param name="what">Begins the log line: "Routing has to wait ...".</param>
    public async Task<T> WaitOutAsync<T>(string what, Func<CancellationToken, Task<T>> attempt, CancellationToken cancellation)
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                return await attempt(cancellation);
            }
            catch (Exception fault) when (IsOutage(fault) && !cancellation.IsCancellationRequested)
            {
                log.LogWarning("{What} has to wait {Seconds} s: {Reason}", what, pause.TotalSeconds, fault.GetBaseException().Message);
            }

            await Task.Delay(pause, clock, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>As above, for what has no result.</summary>
    public Task WaitOutAsync(string what, Func<CancellationToken, Task> attempt, CancellationToken cancellation) => WaitOutAsync(
        what,
        async token =>
        {
            await attempt(token);
            return true;
        },
        cancellation);

    /// <summary>True when the same call may succeed once broker or store are back.</summary>
    public static bool IsOutage(Exception fault) =>
        fault is SocketException or IOException or TimeoutException or DbException { IsTransient: true }
        || fault is RabbitMQClientException and not PublishException { IsReturn: true }
        || (fault.InnerException is { } inner && IsOutage(inner));
}
