using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Hosting;
using NovaNetBus.Ledger;
using NovaNetBus.NetworkWorker.Kernel.Dhcp;

namespace NovaNetBus.NetworkWorker.Leases;

/// <summary>
/// Records what the DHCP servers of this host have told of leases. They run and tell while no worker does; what they told then is recorded first. dnsmasq repeats itself, at its
/// start and whenever it reads its files again: what was recorded already is left out here, before it costs anything.
/// </summary>
/// <param name="statePath">Where their files are; null: this worker looks after no real host.</param>
internal sealed partial class LeaseWatch(string host, string? statePath, FixedIpLedger ledger, TimeProvider clock, ILogger<LeaseWatch> log) : BackgroundService
{
    private const int LargestBatch = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim oneAtATime = new(1, 1);
    private readonly Dictionary<string, LeaseSpool> spools = [];
    private readonly Dictionary<Ipv4, LeaseLine> recorded = [];

    /// <summary>When this returns, all that had been told before is recorded. Throws on an outage.</summary>
    public async Task CatchUpAsync(CancellationToken cancellation)
    {
        if (statePath is null)
        {
            return;
        }

        await oneAtATime.WaitAsync(cancellation);
        try
        {
            foreach (var files in DhcpFiles.All(statePath))
            {
                await RecordAsync(Spool(files.Folder), cancellation);
            }
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public override void Dispose()
    {
        oneAtATime.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await CatchUpAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailure(log, fault.GetBaseException().Message); // the lines stay where they are
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task RecordAsync(LeaseSpool spool, CancellationToken cancellation)
    {
        while (spool.Read(clock.GetUtcNow()) is { } reading)
        {
            var (news, known) = NewsOf(reading.Lines);
            foreach (var batch in news.Chunk(LargestBatch))
            {
                WorkerMetrics.Leases.Add(batch.Length);
                await ledger.LeasesSeenAsync([.. batch.Select(line => new LeaseSeen(line.Address, line.Mac, host, line.ExpiresAt, line.At))], cancellation);
            }

            spool.Done(reading, clock.GetUtcNow());
            foreach (var (address, line) in known)
            {
                recorded[address] = line;
            }
        }
    }

    /// <summary>What is not a repetition, and what is known with it.</summary>
    private (IReadOnlyList<LeaseLine> News, IReadOnlyDictionary<Ipv4, LeaseLine> Known) NewsOf(IReadOnlyList<LeaseLine> lines)
    {
        var news = new List<LeaseLine>();
        var known = new Dictionary<Ipv4, LeaseLine>();
        foreach (var line in lines)
        {
            var before = known.GetValueOrDefault(line.Address) ?? recorded.GetValueOrDefault(line.Address);
            if (before is null || (before.Mac, before.ExpiresAt) != (line.Mac, line.ExpiresAt))
            {
                news.Add(line);
                known[line.Address] = line;
            }
        }

        return (news, known);
    }

    private LeaseSpool Spool(string folder) => spools.TryGetValue(folder, out var known) ? known : spools[folder] = new LeaseSpool(folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Leases cannot be recorded now; they are when it is possible: {Reason:l}")]
    private static partial void LogFailure(ILogger log, string reason);
}
