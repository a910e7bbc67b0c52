using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;
using NovaNetBus.Scheduler.Routing;

namespace NovaNetBus.Scheduler.NetworkHosts;

/// <summary>
/// Watches every host's signs of life, and has networks that one host serves taken over when theirs is gone. All schedulers watch, so that the next leader need not begin
/// anew; the leader acts. What two do at once is done once: each act says what it was decided from.
/// </summary>
internal sealed partial class Election(
    Ledger.NetworkHosts networkHosts, WorkerWatch workers, Leadership leadership, QueueSender queues, NovaNetOptions options, TimeProvider clock, ILogger<Election> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly long began = clock.GetTimestamp();
    private SilenceWatch watch = SilenceWatch.Begin;
    private ImmutableDictionary<string, TimeSpan> unattended = ImmutableDictionary<string, TimeSpan>.Empty;

    /// <summary>Each host as the choice sees it, as of now.</summary>
    public async Task<IReadOnlyList<HostStanding>> StandingsAsync(CancellationToken cancellation) => StandingsOf((await networkHosts.ReadAsync(cancellation)).Hosts);

    /// <summary>Networks that have no host get one at once.</summary>
    public async Task PlaceAsync(CancellationToken cancellation)
    {
        var read = await networkHosts.ReadAsync(cancellation);
        await CarryAsync([.. Placement.Moves(StandingsOf(read.Hosts), read.Networks).Where(move => move.Kind == MoveKind.Place)], read, cancellation);
    }

    /// <summary>Has the hosts of these moves look at once.</summary>
    public async Task TellAsync(IEnumerable<NetworkMove> moves, CancellationToken cancellation)
    {
        foreach (var host in moves.GroupBy(move => move.To))
        {
            await queues.TellAsync(new NetworkDutiesChanged([.. host.Select(move => move.NetworkId)]), host.Key, null, cancellation);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogBlind(log, fault.GetBaseException().Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        var read = await networkHosts.ReadAsync(cancellation);
        var now = clock.GetElapsedTime(began);
        watch = watch.Look(SignsOf(read), now);
        var deaf = workers.Blind is null && workers.Down is { } down ? down.Values.Where(worker => worker.TakesNothing).Select(worker => worker.Host).ToHashSet() : [];
        unattended = deaf.ToImmutableDictionary(host => host, host => unattended.GetValueOrDefault(host, now));
        if (leadership.IsLeader)
        {
            await CarryAsync(Placement.Moves(StandingsOf(read.Hosts), read.Networks), read, cancellation);
        }
    }

    private async Task CarryAsync(IReadOnlyList<NetworkMove> moves, HostsAndNetworks read, CancellationToken cancellation)
    {
        if (moves.Count == 0 || options.NetworkManager == NetworkManagerKind.FlatManager) // which serves nothing
        {
            return;
        }

        var carried = await networkHosts.CarryAsync(moves, SignsOf(read), clock.GetUtcNow(), new Origin(null, Guid.NewGuid().ToString(), options.Host, null), cancellation);
        foreach (var move in carried)
        {
            SchedulerMetrics.Moved(move.Kind);
            LogMove(log, move.NetworkId, move.From ?? "nobody", move.To, move.Reason);
        }

        await TellAsync(carried, cancellation);
    }

    private List<HostStanding> StandingsOf(IReadOnlyList<HostEntry> hosts)
    {
        var (utc, now) = (clock.GetUtcNow(), clock.GetElapsedTime(began));
        return
        [
            .. hosts.Select(host => new HostStanding(
                host.Host, WorkerWatch.IsAlive(host, utc), watch.SilenceOf(host.Host), unattended.TryGetValue(host.Host, out var since) ? now - since : TimeSpan.Zero,
                host.HasPublicInterface, host.IsDrained)),
        ];
    }

    private static Dictionary<string, DateTimeOffset?> SignsOf(HostsAndNetworks read) => read.Hosts.ToDictionary(host => host.Host, host => host.LastSeen);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Network {NetworkId} goes from {From:l} to {To:l}: {Reason:l}")]
    private static partial void LogMove(ILogger log, Guid networkId, string from, string to, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The hosts cannot be watched: {Reason:l}")]
    private static partial void LogBlind(ILogger log, string reason);
}
