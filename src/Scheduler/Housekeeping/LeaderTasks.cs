using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NovaNetBus.Hosting;
using NovaNetBus.Ledger;

namespace NovaNetBus.Scheduler.Housekeeping;

/// <summary>Something that runs once in the whole installation, on the scheduler that leads. It must be safe to do twice, also at the same time.</summary>
internal interface ILeaderTask
{
    /// <summary>For the log.</summary>
    string Name { get; }

    /// <summary>Runs until cancelled. When it throws it is begun again.</summary>
    Task RunAsync(CancellationToken leading);
}

/// <summary>Runs all leader tasks side by side while this scheduler leads. One that fails does not end the others.</summary>
internal sealed partial class LeaderTasks(Leadership leadership, IEnumerable<ILeaderTask> tasks, TimeProvider clock, ILogger<LeaderTasks> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leadership.RunAsync(leading => Task.WhenAll(tasks.Select(task => RunAsync(task, leading))), stoppingToken);

    private async Task RunAsync(ILeaderTask task, CancellationToken leading)
    {
        while (!leading.IsCancellationRequested)
        {
            try
            {
                await task.RunAsync(leading);
            }
            catch (Exception fault) when (!leading.IsCancellationRequested && Outage.IsOutage(fault))
            {
                LogOutage(log, task.Name, fault.GetBaseException().Message);
            }
            catch (Exception fault) when (!leading.IsCancellationRequested)
            {
                LogFailure(log, fault, task.Name);
            }
            catch (Exception)
            {
                return; // it ends with the leadership, whatever it says to that
            }

            await Task.Delay(Pause, clock, leading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Task:l} has to wait: {Reason:l}")]
    private static partial void LogOutage(ILogger log, string task, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Task:l} failed; it is begun again")]
    private static partial void LogFailure(ILogger log, Exception fault, string task);
}
