using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using Npgsql;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

/// <summary>What time travel tells is held against a model that remembers everything: what the store itself said at that moment.</summary>
public sealed class the_past(TestLedger ledger) : IClassFixture<TestLedger>
{
    private Guid Instance { get; } = Guid.NewGuid();

    private CancellationToken Stop => TestContext.Current.CancellationToken;

    private TimeTravel Travel => ledger.Program.GetRequiredService<TimeTravel>();

    private AddressHistory Addresses => ledger.Program.GetRequiredService<AddressHistory>();

    [Fact]
    public async Task is_told_as_it_was_at_any_moment_of_a_random_story()
    {
        const int steps = 100, most = 10;
        string[] kinds =
        [
            "spawned", "auto-assigned", "configured", "released", "address added or removed", "associated", "disassociated", "arrived", "broken off", "placed", "given over", "drained", "taken over",
        ];
        var (story, memories, stories) = (new Story(ledger), new List<Memory>(), 0);
        await story.BeginAsync();
        while (stories++ < most && (stories < 3 || kinds.Any(kind => story.Done.GetValueOrDefault(kind) == 0)))
        {
            await Gen.Select(Gen.Int[0, 23], Gen.Int[0, 999], (kind, choice) => kind + (24 * choice)).Array[steps].SampleAsync(dice => PlayAsync(story, memories, dice), iter: 1, threads: 1);
        }

        Assert.All(kinds, kind => Assert.True(story.Done.GetValueOrDefault(kind) > 0, $"nothing was ever {kind}"));
        await Gen.Double[0, 1].Array[memories.Count].SampleAsync(parts => CompareAsync(memories, parts), iter: 1, threads: 1);
        await CompareHistoriesAsync(memories);
    }

    [Fact]
    public async Task of_one_address_is_a_row_of_spans_without_holes()
    {
        await ledger.CreateNetworkAsync("10.77.0.0/24", "spans");
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        await ledger.SpawnAsync(first, "host-a", "spans", "10.77.0.4");
        await ledger.DeleteAsync(first);
        await ledger.ReleasedAsync(first);
        await ledger.SpawnAsync(second, "host-b", "spans", "10.77.0.4");

        var spans = await Addresses.SpansAsync(Ipv4.Parse("10.77.0.4"), Stop);

        Assert.Equal(["allocated", "deallocated", "free", "allocated"], spans.Select(span => span.State));
        Assert.Equal([first, first, null, second], spans.Select(span => span.FixedIp!.InstanceId));
        Assert.Equal(spans.Skip(1).Select(span => span.From), spans.SkipLast(1).Select(span => span.Until));
        Assert.Null(spans[^1].Until);
        foreach (var span in spans)
        {
            Assert.Equal(span, await Addresses.OwnerAsync(span.Address, span.From!.Value, Stop));
        }

        var before = await Addresses.OwnerAsync(Ipv4.Parse("10.77.0.4"), spans[0].From!.Value.AddTicks(-10), Stop);
        Assert.Equal(("free", null, spans[0].From), (before.State, before.From, before.Until));
        Assert.Equal("reserved", (await Addresses.OwnerAsync(Ipv4.Parse("10.77.0.1"), DateTimeOffset.UtcNow, Stop)).State);
        Assert.Null((await Addresses.OwnerAsync(Ipv4.Parse("172.16.0.1"), DateTimeOffset.UtcNow, Stop)).NetworkId);
    }

    [Fact]
    public async Task of_a_floating_address_is_told_with_its_project_its_instance_and_the_host_that_it_moved_to()
    {
        await ledger.CreateNetworkAsync("10.76.0.0/24", "floats");
        var (floatings, address, scheduler) = (ledger.Program.GetRequiredService<FloatingLedger>(), Ipv4.Parse("198.51.100.7"), TestLedger.OriginOf("scheduler"));
        await floatings.CreateAsync(new CreateFloatingRange(address.ToString(), "history", "eth7", TestLedger.Now), scheduler, Stop);
        await floatings.AllocateAsync(new AllocateFloating("project-1", "history", -1, TestLedger.Now), scheduler, Stop);
        await ledger.SpawnAsync(Guid.NewGuid(), "host-b", "floats");
        var fixedIp = (await ledger.SpawnAsync(Instance, "host-a", "floats")).State!.Ports[0].Address;
        await ledger.Instances.AssociateAsync(
            new AssociateFloating(Instance, "project-1", address.ToString(), "history", null, -1, TestLedger.Now), TestLedger.OriginOf("host-a"), Stop);
        var move = new MoveInstance(Instance, "host-b", TestLedger.Now);
        await ledger.Instances.LeaveAsync(move, TestLedger.OriginOf("host-a"), Stop);
        await ledger.Instances.LeftAsync(Instance, true, TestLedger.Now, TestLedger.OriginOf("host-a"), Stop);
        await ledger.Instances.ArriveAsync(move, TestLedger.OriginOf("host-b"), Stop);
        await ledger.DeleteAsync(Instance, "host-b");
        await ledger.ReleasedAsync(Instance, "host-b");
        await floatings.ReleaseAsync(address.ToString(), "project-1", TestLedger.Now, scheduler, Stop);
        await floatings.DeleteAsync(address.ToString(), TestLedger.Now, scheduler, Stop);

        var spans = await Addresses.SpansAsync(address, Stop);

        Assert.Equal(
            [
                ("free", null, null, null, null), ("allocated", "project-1", null, null, null), ("associated", "project-1", Instance, fixedIp, "host-a"),
                ("associated", "project-1", Instance, fixedIp, "host-b"), ("allocated", "project-1", null, null, null), ("free", null, null, null, null), ("removed", null, null, (Ipv4?)null, null),
            ],
            spans.Select(span => (span.State, span.Floating?.Floating.ProjectId, span.Floating?.Floating.InstanceId, span.Floating?.Floating.FixedIp, span.Floating?.Host)));
        Assert.Equal(spans.Skip(1).Select(span => span.From), spans.SkipLast(1).Select(span => span.Until));
        foreach (var span in spans.SkipLast(1))
        {
            Assert.Equal(span, await Addresses.OwnerAsync(address, span.From!.Value, Stop));
        }

        Assert.Equal(("free", spans[^1].From), ((await Addresses.OwnerAsync(address, DateTimeOffset.UtcNow, Stop)).State, (await Addresses.OwnerAsync(address, DateTimeOffset.UtcNow, Stop)).From));
    }

    [Fact]
    public async Task is_thrown_away_and_made_again_while_decisions_go_on()
    {
        await ledger.CreateNetworkAsync("10.78.0.0/24", "rebuilt");
        var presence = ledger.Program.GetRequiredService<Presence>();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ledger.SpawnAsync(Guid.NewGuid(), "host-r", "rebuilt")));
        await presence.CatchUpAsync(Stop);

        // A rebuild that has emptied the model, locked it and does not come to an end.
        await using var rebuild = new NpgsqlConnection(ledger.ConnectionString);
        await rebuild.OpenAsync(Stop);
        await using var transaction = await rebuild.BeginTransactionAsync(Stop);
        await using var empty = new NpgsqlCommand("truncate novanet.presence_1; update novanet.log_progress set sequence = 0", rebuild);
        await empty.ExecuteNonQueryAsync(Stop);
        await ledger.SpawnAsync(Guid.NewGuid(), "host-r", "rebuilt").WaitAsync(TimeSpan.FromSeconds(30), Stop);
        await transaction.RollbackAsync(Stop);

        await presence.RebuildAsync(Stop);
        var (rebuilt, decided) = (presence.CatchUpAsync(Stop), ledger.SpawnAsync(Guid.NewGuid(), "host-r", "rebuilt"));
        await Task.WhenAll(rebuilt, decided);
        var then = await Travel.HostAsync("host-r", DateTimeOffset.UtcNow, Stop);
        Assert.Equal(22, then.Content.Ports.Count);
        Assert.Equal(Plan("host-r", await ledger.HostViews.ReadAsync("host-r", Stop)), Plan("host-r", then.Content));
        Assert.Equal([], (await ledger.Program.GetRequiredService<LogVerification>().RunAsync(_ => { }, Stop)).Differences);
    }

    [Fact]
    public async Task gets_a_next_version_of_its_read_model_while_the_older_one_answers_and_decisions_go_on()
    {
        const int next = Presence.Current + 1;
        await ledger.CreateNetworkAsync("10.75.0.0/24", "versions");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ledger.SpawnAsync(Guid.NewGuid(), "host-v", "versions")));
        var filling = new Presence(ledger.Program.GetRequiredService<NpgsqlDataSource>(), next);
        await using var connection = new NpgsqlConnection(ledger.ConnectionString);
        await connection.OpenAsync(Stop);
        await using var make = new NpgsqlCommand(Presence.CreateOf(next), connection);
        await make.ExecuteNonQueryAsync(Stop);

        // One that has begun to fill it, and stands still.
        await using (var transaction = await connection.BeginTransactionAsync(Stop))
        {
            await LogProgress.LockAsync(connection, $"presence-{next}", Stop);
            await ledger.SpawnAsync(Guid.NewGuid(), "host-v", "versions").WaitAsync(TimeSpan.FromSeconds(30), Stop);
            Assert.Equal(21, (await Travel.HostAsync("host-v", DateTimeOffset.UtcNow, Stop).WaitAsync(TimeSpan.FromSeconds(30), Stop)).Content.Ports.Count);
            await transaction.RollbackAsync(Stop);
        }

        await Task.WhenAll(filling.CatchUpAsync(Stop), ledger.SpawnAsync(Guid.NewGuid(), "host-v", "versions"));
        await filling.CatchUpAsync(Stop);
        await Travel.CatchUpAsync(Stop);
        Assert.Equal((await Presence.ReadAsync(connection, Stop)).ToHashSet(), (await Presence.ReadAsync(connection, Stop, next)).ToHashSet());
        await using var drop = new NpgsqlCommand($"drop table novanet.presence_{next}", connection);
        await drop.ExecuteNonQueryAsync(Stop);
    }

    [Fact]
    public async Task is_still_told_of_instances_whose_streams_are_archived()
    {
        await ledger.CreateNetworkAsync("10.79.0.0/24", "archived");
        var instance = Guid.NewGuid();
        var address = (await ledger.SpawnAsync(instance, "host-z", "archived")).State!.Ports[0].Address;
        var at = await new Story(ledger).NowAsync();
        await ledger.DeleteAsync(instance, "host-z");
        await ledger.ReleasedAsync(instance, "host-z");
        await using var connection = new NpgsqlConnection(ledger.ConnectionString);
        await connection.OpenAsync(Stop);
        await using var archive = new NpgsqlCommand(
            """
            select count(novanet.mt_archive_stream(s.id)::text) from novanet.mt_doc_instance d join novanet.mt_streams s on s.id = 'instance-' || d.id
            where d.status = 'Released' and not s.is_archived
            """,
            connection);
        Assert.NotEqual(0L, await archive.ExecuteScalarAsync(Stop));

        Assert.Equal(instance, (await Addresses.OwnerAsync(address, at, Stop)).FixedIp!.InstanceId);
        Assert.Equal(address, Assert.Single((await Travel.HostAsync("host-z", at, Stop)).Content.Ports).Address);
        Assert.Equal([], (await ledger.Program.GetRequiredService<LogVerification>().RunAsync(_ => { }, Stop)).Differences);
    }

    /// <summary>One to three steps at once, and what is so after them, until the next ones begin.</summary>
    private async Task PlayAsync(Story story, List<Memory> memories, int[] dice)
    {
        for (var next = 0; next < dice.Length; next += 1 + (dice[next] % 3))
        {
            await Task.WhenAll(dice.Skip(next).Take(1 + (dice[next] % 3)).Select(story.StepAsync));
            memories.Add(await RememberAsync(story));
        }
    }

    private async Task<Memory> RememberAsync(Story story)
    {
        var since = await story.NowAsync();
        var plans = new Dictionary<string, HostState>();
        foreach (var host in Story.Hosts)
        {
            plans[host] = Plan(host, await ledger.HostViews.ReadAsync(host, Stop));
        }

        var instances = new List<InstanceEntry>();
        foreach (var state in (await ledger.Queries.InstancesAsync(Stop)).Where(state => state.ConcernedHosts().Count > 0 || state.IsOnItsWay).OrderBy(state => state.InstanceId))
        {
            instances.Add((await ledger.Queries.InstanceAsync(state.InstanceId, Stop))!);
        }

        var fixedIps = await ledger.Queries.FixedIpsAsync(null, null, null, TestLedger.Now, Stop);
        var floatings = await ledger.Program.GetRequiredService<FloatingQueries>().ListAsync(null, null, null, Stop);
        var networks = await ledger.Queries.NetworksAsync(Stop);
        return new Memory(since, await story.NowAsync(), plans, fixedIps, floatings, networks, instances);
    }

    private async Task CompareAsync(List<Memory> memories, double[] parts)
    {
        foreach (var (memory, part) in memories.Zip(parts))
        {
            await CompareAsync(memory, part);
        }
    }

    private async Task CompareAsync(Memory memory, double part)
    {
        const int oneIn = 4;
        var at = memory.At(part);
        foreach (var host in Story.Hosts)
        {
            Assert.Equal(memory.Plans[host], Plan(host, (await Travel.HostAsync(host, at, Stop)).Content));
        }

        var world = await Travel.WorldAsync(at, Stop);
        Same(memory.FixedIps.Where(entry => entry.FixedIp.Status != FixedIpStatus.Released), world.FixedIps);
        Same(memory.Networks, world.Networks);
        Same(memory.Floatings.Where(entry => !entry.Floating.IsFree), world.Floatings);
        Same(memory.Instances.Select(entry => (entry.State, entry.Settings)), world.Instances.Select(entry => (entry.State, entry.Settings)));
        Same(memory.Instances.SelectMany(entry => entry.Networks), world.Instances.SelectMany(entry => entry.Networks));
        foreach (var (_, entry) in memory.FixedIps.Index().Where(one => one.Index % oneIn == (int)(part * oneIn)))
        {
            var owner = await Addresses.OwnerAsync(entry.FixedIp.Address, at, Stop);
            Assert.Equal((entry.NetworkId, entry.State, Holder(entry.FixedIp), null), (owner.NetworkId, owner.State, Holder(owner.FixedIp), owner.Floating));
        }

        foreach (var (_, entry) in memory.Floatings.Index().Where(one => one.Index % oneIn == (int)(part * oneIn)))
        {
            var owner = await Addresses.OwnerAsync(entry.Floating.Address, at, Stop);
            Assert.Equal((true, entry), (owner.IsFloating, owner.Floating));
        }
    }

    /// <summary>A history has no holes, and of each moment that is remembered the row that was so.</summary>
    private async Task CompareHistoriesAsync(List<Memory> memories)
    {
        foreach (var address in memories.SelectMany(memory => memory.FixedIps.Select(entry => entry.FixedIp.Address).Concat(memory.Floatings.Select(entry => entry.Floating.Address))).Distinct())
        {
            var spans = await Addresses.SpansAsync(address, Stop);
            Assert.Equal(spans.Skip(1).Select(span => span.From), spans.SkipLast(1).Select(span => span.Until));
            foreach (var memory in memories)
            {
                var span = spans.LastOrDefault(span => span.From <= memory.Since);
                var used = memory.FixedIps.SingleOrDefault(entry => entry.FixedIp.Address == address);
                var floating = memory.Floatings.SingleOrDefault(entry => entry.Floating.Address == address);
                Assert.Equal((used?.FixedIp ?? span?.FixedIp, floating), (span?.FixedIp, span?.Floating));
            }
        }
    }

    /// <summary>Leases of whoever had it before do not tell who has it.</summary>
    private static FixedIp? Holder(FixedIp? used) => used is null ? null : used with { Leases = [] };

    /// <summary>One by one, so that a failure shows the one that differs.</summary>
    private static void Same<T>(IEnumerable<T> expected, IEnumerable<T> found)
    {
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second));
        Assert.Equal(expected.Count(), found.Count());
    }

    private static HostState Plan(string host, HostContent content) => HostPlanner.Plan(content.ViewOf(host, content.Settings ?? TestLedger.Settings));

    /// <summary>What was so from one moment to another.</summary>
    private sealed record Memory(
        DateTimeOffset Since, DateTimeOffset Until, IReadOnlyDictionary<string, HostState> Plans, IReadOnlyList<FixedIpEntry> FixedIps, IReadOnlyList<FloatingEntry> Floatings,
        IReadOnlyList<NetworkSummary> Networks, IReadOnlyList<InstanceEntry> Instances)
    {
        /// <summary>Any moment of it; to the microsecond, as the database tells times.</summary>
        public DateTimeOffset At(double part) => Since.AddMicroseconds(Math.Floor((Until - Since).TotalMicroseconds * part));
    }
}
