using Microsoft.Extensions.Logging;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;

namespace NovaNetBus.Scheduler.Housekeeping;

/// <summary>
/// Frees addresses that have been deallocated for longer than fixed_ip_disassociate_timeout: those whose lease nobody sees end, and those whose host does not come back
/// to let go of them (in nova, only that host's own worker did it). And finishes what a "host forget" has left.
/// </summary>
internal sealed partial class Reaper(FixedIpLedger addresses, HostRetirement retirement, NovaNetOptions options, TimeProvider clock, ILogger<Reaper> log) : ILeaderTask
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2), SweepInterval = TimeSpan.FromMinutes(10);

    public string Name => "The reaper";

    public async Task RunAsync(CancellationToken leading)
    {
        var nextSweep = clock.GetUtcNow();
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            var now = clock.GetUtcNow();
            var origin = new Origin(null, Guid.NewGuid().ToString(), options.Host, null);
            if (now >= nextSweep)
            {
                await retirement.SweepAllAsync(now, origin, leading);
                nextSweep = now + SweepInterval;
            }

            var freed = await addresses.ReapAsync(now - TimeSpan.FromSeconds(options.FixedIpDisassociateTimeout), now, origin, leading);
            if (freed.Count > 0)
            {
                LogFreed(log, freed.ToValueList());
            }
        }
        while (await timer.WaitForNextTickAsync(leading));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Freed what nobody came to free: {Addresses:l}")]
    private static partial void LogFreed(ILogger log, ValueList<Ipv4> addresses);
}
