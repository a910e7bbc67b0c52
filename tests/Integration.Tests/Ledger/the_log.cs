using System.Text.Json;
using JasperFx.Events;
using Marten;
using Marten.Events;
using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

public sealed class the_log(TestLedger ledger) : IClassFixture<TestLedger>
{
    [Fact]
    public async Task keeps_with_each_event_the_message_that_caused_it()
    {
        await ledger.CreateNetworkAsync("10.1.0.0/24", "caused", shareAddress: false);
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        await Task.WhenAll(
            ledger.Instances.SpawnAsync(
                TestLedger.SpawnOf(first, network: "caused"), new Origin("m-1", first.ToString(), "host-a", "alice"), TestContext.Current.CancellationToken),
            ledger.Instances.SpawnAsync(
                TestLedger.SpawnOf(second, network: "caused"), new Origin(null, second.ToString(), "host-a", null), TestContext.Current.CancellationToken));

        await using var session = ledger.Store.QuerySession();
        var story = await session.Events.QueryAllRawEvents().Where(e => e.CorrelationId == first.ToString()).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Contains(story, e => e.StreamKey == $"instance-{first}" && e.EventTypeName == "instance-network-allocated" && e.Version == 1);
        Assert.Contains(story, e => e.StreamKey!.StartsWith("pool-", StringComparison.Ordinal) && e.EventTypeName == "fixed-ip-allocated");
        Assert.All(story, e => Assert.Equal(("m-1", "alice", "host-a"), (e.CausationId, e.UserName, e.GetHeader("host")?.ToString())));

        var other = Assert.Single(await session.Events.FetchStreamAsync($"instance-{second}", token: TestContext.Current.CancellationToken));
        Assert.Null(other.CausationId);
        Assert.Null(other.UserName);
        Assert.Equal(second.ToString(), other.CorrelationId);
    }

    [Fact]
    public async Task gives_all_events_of_a_commit_one_time_that_is_later_than_all_that_the_commit_was_decided_from()
    {
        await ledger.CreateNetworkAsync("10.5.0.0/24", "timed", shareAddress: false);
        var instances = Enumerable.Range(0, 20).Select(_ => Guid.NewGuid()).ToList();
        var others = Enumerable.Range(0, 3).Select(_ => ledger.StartProgram().GetRequiredService<InstanceLedger>()).ToList();
        await Task.WhenAll(instances.Select((instance, number) => ledger.SpawnAsync(instance, $"host-{number % 3}", "timed", by: others[number % 3])));
        await Task.WhenAll(instances.Select((instance, number) => ledger.DeleteAsync(instance, $"host-{number % 3}")));

        await using var session = ledger.Store.QuerySession();
        var log = await session.Events.QueryAllRawEvents().OrderBy(e => e.Sequence).ToListAsync(TestContext.Current.CancellationToken);
        foreach (var stream in log.GroupBy(e => e.StreamKey))
        {
            Assert.Equal(stream.Select(e => e.Timestamp).Order(), stream.OrderBy(e => e.Version).Select(e => e.Timestamp));
        }

        foreach (var instance in instances)
        {
            var story = log.Where(e => e.StreamKey == $"instance-{instance}").Select(e => e.Timestamp).ToHashSet();
            var addresses = log.Where(e => e.Data is FixedIpAllocated allocated && allocated.InstanceId == instance).Select(e => e.Timestamp);
            Assert.Subset(story, addresses.ToHashSet());
        }

        Assert.All(log, e => Assert.Equal("test", e.GetHeader("program")?.ToString()));
        Assert.All(log, e => Assert.InRange(e.Timestamp, DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow.AddSeconds(1)));
    }

    [Fact]
    public async Task names_every_event_of_the_domain_by_a_name_that_never_changes()
    {
        await ledger.CreateNetworkAsync("10.2.0.0/24", "named");
        await using var session = ledger.Store.QuerySession();
        var stored = await session.Events.QueryAllRawEvents().ToListAsync(TestContext.Current.CancellationToken);
        Assert.All(stored, e => Assert.Equal(EventNames.All[e.Data.GetType()], e.EventTypeName));
        Assert.All(stored, e => Assert.Equal(
            ledger.Store.Options.Serializer().ToJson(e.Data), JsonSerializer.Serialize(e.Data, e.Data.GetType(), EventCodec.Options)));
    }

    [Fact]
    public async Task alone_is_enough_to_build_every_snapshot_again()
    {
        await ledger.CreateNetworkAsync("10.3.0.0/24", "kept", shareAddress: false);
        await ledger.CreateNetworkAsync("10.4.0.0/24", "dropped", shareAddress: false);

        // More events than Marten rebuilds in one page (500), so that states are carried over from page to page.
        var instances = Enumerable.Range(0, 160).Select(_ => Guid.NewGuid()).ToList();
        await Task.WhenAll(instances.Select((instance, number) => ledger.SpawnAsync(instance, number % 2 == 0 ? "host-a" : "host-b", number < 80 ? "kept" : "dropped")));
        await Task.WhenAll(instances.Skip(60).Select(instance => ledger.DeleteAsync(instance)));
        await Task.WhenAll(instances.Skip(70).Select(instance => ledger.ReleasedAsync(instance)));
        await ledger.Networks.DeleteAsync("dropped", TestLedger.Now, TestLedger.OriginOf("scheduler"), TestContext.Current.CancellationToken);
        var before = await SnapshotsAsync();
        Assert.Contains(before, line => line.Contains("10.3.0.", StringComparison.Ordinal));
        Assert.True((await ledger.Store.Advanced.FetchEventStoreStatistics(token: TestContext.Current.CancellationToken)).EventCount > 500);

        await ledger.Store.Advanced.Clean.DeleteDocumentsByTypeAsync(typeof(InstanceDocument), TestContext.Current.CancellationToken);
        using var daemon = await ledger.Store.BuildProjectionDaemonAsync();
        await daemon.RebuildProjectionAsync(Snapshots.Name, TestContext.Current.CancellationToken);

        Assert.Equal(before, await SnapshotsAsync());
    }

    private async Task<List<string>> SnapshotsAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var session = ledger.Store.QuerySession();
        object[] all =
        [
            .. await session.Query<InstanceDocument>().ToListAsync(stop), .. await session.Query<BlockDocument>().ToListAsync(stop),
            .. await session.Query<NetworkDocument>().ToListAsync(stop), .. await session.Query<HostDocument>().ToListAsync(stop),
        ];
        return [.. all.Select(document => ledger.Store.Options.Serializer().ToJson(document)).Order(StringComparer.Ordinal)];
    }
}
