using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NovaNetBus.Domain;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;

namespace NovaNetBus.Scheduler.Housekeeping;

/// <summary>
/// Brings the range of floating_range into the default pool when a scheduler starts for the first time. What an operator took out of the pool later stays out of it;
/// several schedulers at once bring it once.
/// </summary>
internal sealed partial class FirstFloatingRange(FloatingLedger ledger, NovaNetOptions options, Outage outage, TimeProvider clock, ILogger<FirstFloatingRange> log) : BackgroundService
{
    /// <summary>A line when the option is right in itself, but holds no floating IPs.</summary>
    public static IEnumerable<string> Faults(NovaNetOptions options) => options.FloatingRange is { } range && FloatingRange.Read(TextOf(range), out _) is { } fault
        ? [$"floating_range: {fault.Message}"]
        : [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.FloatingRange is not { } range)
        {
            return;
        }

        var command = new CreateFloatingRange(TextOf(range), options.DefaultFloatingPool, null, clock.GetUtcNow());
        var origin = new Origin(null, "floating_range", options.Host, null);
        switch (await outage.WaitOutAsync("Creating floating_range", token => ledger.CreateOnceAsync(command, origin, token), stoppingToken))
        {
            case Decision<FloatingPoolChange>.Accepted { Events: [{ } made] }:
                LogCreated(log, made.Count, command.Range, made.Pool);
                break;
            case Decision<FloatingPoolChange>.Refused refused:
                LogRefused(log, refused.Refusal.Code, refused.Refusal.Message);
                break;
        }
    }

    /// <summary>A network of one address is that address.</summary>
    private static string TextOf(System.Net.IPNetwork range) => range.PrefixLength == 32 ? range.BaseAddress.ToString() : range.ToString();

    [LoggerMessage(Level = LogLevel.Information, Message = "Brought {Count} floating IPs of {Range:l} into pool {Pool:l}, as floating_range says")]
    private static partial void LogCreated(ILogger log, long count, string range, string pool);

    [LoggerMessage(Level = LogLevel.Error, Message = "floating_range is not brought into its pool, {Code:l}: {Reason:l}")]
    private static partial void LogRefused(ILogger log, string code, string reason);
}
