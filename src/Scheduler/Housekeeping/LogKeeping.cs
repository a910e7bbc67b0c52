using Microsoft.Extensions.Logging;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;

namespace NovaNetBus.Scheduler.Housekeeping;

/// <summary>Archives what is long gone (log_archive_days), and takes out of the log what need not be told any more (log_keep_days).</summary>
internal sealed partial class LogKeeping(LogRetention retention, NovaNetOptions options, TimeProvider clock, ILogger<LogKeeping> log) : ILeaderTask
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    public string Name => "Keeping the log";

    public async Task RunAsync(CancellationToken leading)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            await KeepAsync(leading);
        }
        while (await timer.WaitForNextTickAsync(leading));
    }

    /// <summary>Once. The horizon is a midnight, so that the log is not full of horizons.</summary>
    internal async Task KeepAsync(CancellationToken leading)
    {
        var now = clock.GetUtcNow();
        if (options.LogArchiveDays > 0 && await retention.ArchiveAsync(now.AddDays(-options.LogArchiveDays), leading) is var archived and > 0)
        {
            LogArchived(log, archived);
        }

        if (options.LogKeepDays > 0)
        {
            var horizon = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(-options.LogKeepDays);
            var origin = new Origin(null, "log_keep_days", options.Host, null);
            if (await retention.TrimAsync(horizon, now, origin, leading) is var trimmed and > 0)
            {
                LogTrimmed(log, trimmed, horizon);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Archived the streams of {Count} instances that are long gone")]
    private static partial void LogArchived(ILogger log, long count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Took {Count} streams out of the log, which tells no more what was so before {Horizon}")]
    private static partial void LogTrimmed(ILogger log, long count, DateTimeOffset horizon);
}
