using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NovaNetBus.Domain;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Ledger;

namespace NovaNetBus.Simulator.Load;

/// <summary>What a writer has done for one line of its standard input.</summary>
/// <param name="Done">Instances that came or, in a churn, steps that were taken.</param>
/// <param name="Refused">Of those, how many were refused.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Commits">Attempts to commit; <paramref name="LostRaces"/> of them met another writer.</param>
internal sealed record WriterReport(int Done, int Refused, double Seconds, long Commits, long LostRaces);

/// <summary>
/// A worker's way to the ledger and nothing else: what eight of these do at once is what eight hosts do to the database. It follows its standard input, "allocate COUNT
/// NICS" or "churn STEPS", and answers each line with a <see cref="WriterReport"/>.
/// </summary>
internal sealed class Writer(string host, string network, ServiceProvider services)
{
    private const int InFlight = 128;

    private readonly InstanceLedger instances = services.GetRequiredService<InstanceLedger>();
    private readonly FixedIpLedger addresses = services.GetRequiredService<FixedIpLedger>();
    private readonly ConcurrentBag<Guid> alive = [];

    /// <summary>The ledger's services on a database, whose schema is made if need be.</summary>
    public static async Task<ServiceProvider> ConnectAsync(string postgres, CancellationToken cancellation)
    {
        var services = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning)).AddLedger(postgres, "novanet-simulator").BuildServiceProvider();
        foreach (var schema in services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
        {
            await schema.StartingAsync(cancellation);
        }

        return services;
    }

    public async Task RunAsync(TextReader commands, TextWriter answers, CancellationToken cancellation)
    {
        await answers.WriteLineAsync("ready");
        await answers.FlushAsync(cancellation);
        while (await commands.ReadLineAsync(cancellation) is { } line)
        {
            var words = line.Split(' ');
            var (before, start, refused) = (instances.Commits, Stopwatch.GetTimestamp(), 0);
            var count = int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture);
            await EachAsync(count, async step =>
            {
                var done = words[0] == "churn" ? await ChurnAsync(cancellation) : await AllocateAsync(int.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture), cancellation);
                Interlocked.Add(ref refused, done ? 0 : 1);
            });
            var after = instances.Commits;
            var report = new WriterReport(count, refused, Stopwatch.GetElapsedTime(start).TotalSeconds, after.Attempts - before.Attempts, after.LostRaces - before.LostRaces);
            await answers.WriteLineAsync(JsonSerializer.Serialize(report));
            await answers.FlushAsync(cancellation);
        }
    }

    private static Task EachAsync(int count, Func<int, Task> step)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, Math.Min(count, InFlight)).Select(async _ =>
        {
            int taken;
            while ((taken = Interlocked.Increment(ref next)) < count)
            {
                await step(taken);
            }
        }));
    }

    private async Task<bool> AllocateAsync(int nics, CancellationToken cancellation)
    {
        var command = SpawnOf(Guid.NewGuid(), nics);
        var outcome = await instances.SpawnAsync(command, OriginOf(command.InstanceId), cancellation);
        return outcome.Refusal is null;
    }

    /// <summary>Any one thing that can happen to an instance of this host, sometimes twice or in the wrong order.</summary>
    private async Task<bool> ChurnAsync(CancellationToken cancellation)
    {
        var dice = Random.Shared.Next(100);
        if (dice < 40 || !alive.TryTake(out var id))
        {
            id = Guid.NewGuid();
            var command = SpawnOf(id, 1 + (dice % 2));
            await Task.WhenAll(Enumerable.Range(0, 1 + (dice % 3)).Select(_ => instances.SpawnAsync(command, OriginOf(id), cancellation)));
            alive.Add(id);
            return true;
        }

        var outcome = await ChangeAsync(id, dice, cancellation);
        if (outcome.State is { IsOnHost: true })
        {
            alive.Add(id);
        }

        return outcome.Refusal is null;
    }

    private async Task<InstanceOutcome> ChangeAsync(Guid id, int dice, CancellationToken cancellation)
    {
        var (now, origin) = (TimeProvider.System.GetUtcNow(), OriginOf(id));
        switch (dice % 6)
        {
            case 0:
                return await instances.AddFixedIpAsync(new AddFixedIp(id, host, network, $"{dice} {id}", Guid.NewGuid(), now), origin, cancellation);
            case 1:
                var state = (await instances.ConfiguredAsync(id, -1, true, now, origin, cancellation)).State;
                return state is { Ports.Count: > 1 }
                    ? await instances.RemoveFixedIpAsync(new RemoveFixedIp(id, host, state.Ports[0].Address.ToString(), null, now), origin, cancellation)
                    : await instances.ConfiguredAsync(id, state?.Generation ?? 0, true, now, origin, cancellation);
            case 2:
                var leased = await instances.ConfiguredAsync(id, -1, true, now, origin, cancellation);
                var seen = leased.State?.Ports.Select(port => new LeaseSeen(port.Address, port.Mac, host, dice < 70 ? now.AddSeconds(dice) : null, now)) ?? [];
                await addresses.LeasesSeenAsync([.. seen, .. seen], cancellation);
                return await instances.ConfiguredAsync(id, leased.State?.Generation ?? 0, true, now, origin, cancellation);
            case 3:
                await addresses.ReapAsync(now.AddMilliseconds(-5), now, origin, cancellation);
                return await instances.DeleteAsync(id, now, origin, cancellation);
            default:
                await instances.DeleteAsync(id, now, origin, cancellation);
                return await instances.ReleasedAsync(id, endsLeases: dice % 2 == 0, now, origin, cancellation);
        }
    }

    private Spawn SpawnOf(Guid id, int nics) => new(
        id, "load", host, "vm", Enumerable.Repeat(new NetworkRequest(network, null, null), nics).ToValueList(), Guid.NewGuid(), TimeProvider.System.GetUtcNow());

    private Origin OriginOf(Guid id) => new(null, id.ToString(), host, null);
}
