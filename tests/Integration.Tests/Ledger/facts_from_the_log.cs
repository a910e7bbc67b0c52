using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using Npgsql;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

/// <summary>Instances' releases stand for all that is told from the log.</summary>
public sealed class facts_from_the_log(TestLedger ledger) : IClassFixture<TestLedger>
{
    private readonly ConcurrentQueue<EventToTell> told = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private FactsFromLog Facts => ledger.Program.GetRequiredService<FactsFromLog>();

    [Fact]
    public async Task are_told_in_order_and_none_is_lost_however_often_the_teller_is_killed()
    {
        const int instances = 60, together = 4;
        await ledger.CreateNetworkAsync("10.60.0.0/24", "told");
        var others = Enumerable.Range(0, together).Select(_ => ledger.StartProgram().GetRequiredService<InstanceLedger>()).ToArray();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var telling = TellAndDieAsync(end.Token);

        var released = Enumerable.Range(0, instances).Select(_ => Guid.NewGuid()).ToList();
        await Task.WhenAll(released.Select((instance, number) => ReleaseAsync(instance, others[number % together])));

        await Eventually.HoldsAsync("all are told", () => Streams(told).ToHashSet().IsSupersetOf(released.Select(id => $"instance-{id}")));
        await end.CancelAsync();
        await telling;

        var sequences = told.Select(one => one.Stored.Sequence).ToList();
        var firsts = sequences.Distinct().ToList();
        Assert.Equal(firsts.Order(), firsts);
        Assert.Equal(told.Select(one => one.Stored.Sequence).Distinct().Count(), told.Select(one => one.Id).Distinct().Count());
        Assert.True(sequences.Count > instances, "the teller was never killed between telling and remembering");
    }

    [Fact]
    public async Task wait_for_a_commit_whose_number_is_smaller_and_which_comes_later()
    {
        await ledger.CreateNetworkAsync("10.61.0.0/24", "late");
        var (early, late) = (Guid.NewGuid(), Guid.NewGuid());
        foreach (var instance in (Guid[])[early, late])
        {
            await ledger.SpawnAsync(instance, network: "late");
            await ledger.DeleteAsync(instance);
        }

        // The first one has drawn its numbers and has not committed when the second one, with larger numbers, has.
        await using var open = new NpgsqlConnection(ledger.ConnectionString);
        await open.OpenAsync(Stop);
        await using var transaction = await open.BeginTransactionAsync(Stop);
        var state = await ledger.Queries.InstanceAsync(early, Stop);
        await using var draw = new NpgsqlCommand(
            """
            insert into novanet.mt_events (seq_id, id, stream_id, version, data, type, timestamp, headers)
            select nextval('novanet.mt_events_sequence'), gen_random_uuid(), stream_id, version + 1, jsonb_build_object('addresses', '[]'::jsonb, 'at', now()), 'instance-network-released', clock_timestamp(), '{}'
            from novanet.mt_events where stream_id = @stream order by version desc limit 1
            """,
            open);
        draw.Parameters.AddWithValue("stream", $"instance-{early}");
        Assert.Equal(1, await draw.ExecuteNonQueryAsync(Stop));
        await ledger.ReleasedAsync(late);

        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var telling = Facts.RunAsync((one, _) => Task.Run(() => told.Enqueue(one), CancellationToken.None), end.Token);
        Assert.DoesNotContain($"instance-{late}", Streams(told));
        await transaction.CommitAsync(Stop);

        await Eventually.HoldsAsync("the late one is told", () => Streams(told).Contains($"instance-{late}"));
        Assert.True(Streams(told).ToList().IndexOf($"instance-{early}") < Streams(told).ToList().IndexOf($"instance-{late}"));
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => telling);
        Assert.Equal(InstanceStatus.Releasing, state!.State.Status);
    }

    private static IEnumerable<string> Streams(IEnumerable<EventToTell> told) => told.Where(one => one.Event is InstanceNetworkReleased).Select(one => one.Stored.Stream);

    /// <summary>A teller that dies at random points, mostly after it has told and before that is remembered, and is begun again.</summary>
    private async Task TellAndDieAsync(CancellationToken end)
    {
        var dice = new Random(7);
        while (!end.IsCancellationRequested)
        {
            using var life = CancellationTokenSource.CreateLinkedTokenSource(end);
            var left = dice.Next(1, 6);
            await Facts.RunAsync(
                async (one, token) =>
                {
                    told.Enqueue(one);
                    if (--left == 0)
                    {
                        await life.CancelAsync();
                        token.ThrowIfCancellationRequested();
                    }
                },
                life.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReleaseAsync(Guid instance, InstanceLedger by)
    {
        await ledger.SpawnAsync(instance, network: "told", by: by);
        await by.DeleteAsync(instance, TestLedger.Now, TestLedger.OriginOf("host-a"), Stop);
        await by.ReleasedAsync(instance, true, TestLedger.Now, TestLedger.OriginOf("host-a"), Stop);
    }
}
