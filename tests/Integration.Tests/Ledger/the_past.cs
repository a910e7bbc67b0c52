using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.FixedIps;
using NovaNetBus.Domain.FloatingIps;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using Npgsql;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

/// <summary>What time travel tells is held against a model that remembers everything: what the store itself said at that moment.</summary>
public sealed class the_past(TestLedger ledger) : IClassFixture<TestLedger>
{
    private static readonly string[] Hosts = ["host-a", "host-b", "host-c"];

    private CancellationToken Stop => TestContext.Current.CancellationToken;

    private TimeTravel Travel => ledger.Program.GetRequiredService<TimeTravel>();

    private AddressHistory Addresses => ledger.Program.GetRequiredService<AddressHistory>();

    [Fact]
    public async Task is_told_as_it_was_at_any_moment_of_a_random_story()
    {
        var story = new Story(ledger);
        await ledger.Program.GetRequiredService<FloatingLedger>().CreateAsync(
            new CreateFloatingRange("203.0.113.0/26", "nova", null, TestLedger.Now), TestLedger.OriginOf("scheduler"), Stop);
        await Gen.Int[0, 99].Array[60].SampleAsync(steps => PlayAsync(story, steps), iter: 2, threads: 1);

        Assert.True(story.Instances.Count > 20 && story.Moved > 0 && story.MovedNetworks > 0 && story.Memories.Exists(memory => memory.Floatings.Count > 0));
        foreach (var memory in story.Memories)
        {
            foreach (var host in Hosts)
            {
                var then = await Travel.HostAsync(host, memory.At, Stop);
                Assert.Equal(memory.Plans[host], Plan(host, then.Content));
            }

            await CompareWorldAsync(memory);
        }
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

    private async Task PlayAsync(Story story, int[] steps)
    {
        foreach (var batch in steps.Chunk(3))
        {
            await Task.WhenAll(batch.Select(story.StepAsync));
            await RememberAsync(story);
        }
    }

    private async Task RememberAsync(Story story)
    {
        var plans = new Dictionary<string, HostState>();
        foreach (var host in Hosts)
        {
            plans[host] = Plan(host, await ledger.HostViews.ReadAsync(host, Stop));
        }

        var fixedIps = await ledger.Queries.FixedIpsAsync(null, null, null, TestLedger.Now, Stop);
        var networks = await ledger.Queries.NetworksAsync(Stop);
        var floatings = (await ledger.Program.GetRequiredService<FloatingQueries>().ListAsync(null, null, null, Stop)).Where(entry => !entry.Floating.IsFree).ToList();
        story.Memories.Add(new Memory(await story.NowAsync(), plans, fixedIps, floatings, networks));
    }

    private async Task CompareWorldAsync(Memory memory)
    {
        var world = await Travel.WorldAsync(memory.At, Stop);
        Assert.Equal(memory.FixedIps.Where(entry => entry.FixedIp.Status != FixedIpStatus.Released), world.FixedIps);
        Assert.Equal(memory.Networks, world.Networks);
        Assert.Equal(memory.Floatings, world.Floatings);
        foreach (var entry in memory.FixedIps)
        {
            var owner = await Addresses.OwnerAsync(entry.FixedIp.Address, memory.At, Stop);
            Assert.Equal((entry.NetworkId, entry.State, entry.FixedIp), (owner.NetworkId, owner.State, owner.FixedIp));
        }
    }

    private static HostState Plan(string host, HostContent content) => HostPlanner.Plan(content.ViewOf(host, TestLedger.Settings));

    private sealed record Memory(
        DateTimeOffset At, IReadOnlyDictionary<string, HostState> Plans, IReadOnlyList<FixedIpEntry> FixedIps, IReadOnlyList<FloatingEntry> Floatings,
        IReadOnlyList<NetworkSummary> Networks);

    /// <summary>Instances that come, go and go in halves, networks too, on several hosts at once.</summary>
    private sealed class Story(TestLedger ledger)
    {
        private readonly Dictionary<string, InstanceLedger> programs = Hosts.ToDictionary(host => host, _ => ledger.StartProgram().GetRequiredService<InstanceLedger>());
        private int networks;

        public List<Memory> Memories { get; } = [];

        public int Moved { get; private set; }

        /// <summary>How often a network that one host serves came to another, with all that comes before that.</summary>
        public int MovedNetworks { get; private set; }

        public List<(Guid Id, string Host)> Instances { get; } = [];

        /// <summary>The database's clock.</summary>
        public async Task<DateTimeOffset> NowAsync()
        {
            await using var connection = new NpgsqlConnection(ledger.ConnectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
            return (DateTime)(await command.ExecuteScalarAsync())!;
        }

        public async Task StepAsync(int dice)
        {
            var host = Hosts[dice % Hosts.Length];
            if (networks < 2 || dice < 4)
            {
                var number = Interlocked.Increment(ref networks);
                var network = await ledger.CreateNetworkAsync($"10.{100 + number}.0.0/24", $"net-{number}", shareAddress: dice % 2 == 0, multiHost: number % 2 == 1);
                if (!network.MultiHost)
                {
                    await CarryAsync(new NetworkMove(network.Id, null, host, "first", MoveKind.Place));
                }
            }
            else if (dice is >= 45 and < 60 && Single(await ledger.Queries.NetworksAsync(CancellationToken.None), dice) is { } single)
            {
                await NextHostAsync(single, host, dice);
            }
            else if (dice < 60 || Instances.Count == 0)
            {
                var id = Guid.NewGuid();
                lock (Instances)
                {
                    Instances.Add((id, host));
                }

                await ledger.SpawnAsync(id, host, by: programs[host]);
            }
            else
            {
                await EndAsync(dice);
            }
        }

        private static Network? Single(IReadOnlyList<NetworkSummary> all, int dice) =>
            all.Select(summary => summary.Network).Where(network => network.HasOneHost).ToList() is { Count: > 0 } single ? single[dice % single.Count] : null;

        /// <summary>One step of the way to its next host: by the present one's doing, or without it.</summary>
        private async Task NextHostAsync(Network network, string to, int dice)
        {
            var now = TestLedger.Now;
            switch (network)
            {
                case { Move: { IsReady: true } }:
                    await ledger.NetworkHosts.YieldAsync([network.Id], network.Host!, now, CancellationToken.None);
                    MovedNetworks++;
                    break;
                case { Move: { To: { } next } } when dice % 3 > 0:
                    await ledger.NetworkHosts.ReadyAsync([network.Id], next, now, CancellationToken.None);
                    break;
                default:
                    await CarryAsync(new NetworkMove(network.Id, network.Host, to, "a step", dice % 3 == 0 ? MoveKind.TakeOver : MoveKind.HandOver));
                    MovedNetworks += dice % 3 == 0 ? 1 : 0;
                    break;
            }
        }

        private Task CarryAsync(NetworkMove move) => ledger.NetworkHosts.CarryAsync(
            [move], new Dictionary<string, DateTimeOffset?>(), TestLedger.Now, TestLedger.OriginOf("scheduler"), CancellationToken.None);

        /// <summary>Sometimes only begun, sometimes only left.</summary>
        private async Task MoveAsync(Guid id, string from, int dice)
        {
            var move = new MoveInstance(id, Hosts[(Array.IndexOf(Hosts, from) + 1) % Hosts.Length], TestLedger.Now);
            await programs[from].LeaveAsync(move, TestLedger.OriginOf(from), CancellationToken.None);
            if (dice >= 62)
            {
                await programs[from].LeftAsync(id, true, TestLedger.Now, TestLedger.OriginOf(from), CancellationToken.None);
            }

            if (dice >= 63)
            {
                await programs[move.Destination].ArriveAsync(move, TestLedger.OriginOf(move.Destination), CancellationToken.None);
                Moved++;
                lock (Instances)
                {
                    Instances[Instances.FindIndex(one => one.Id == id)] = (id, move.Destination);
                }
            }
        }

        private async Task EndAsync(int dice)
        {
            (Guid Id, string Host) one;
            lock (Instances)
            {
                // The youngest move and get floating IPs: they are still there.
                one = dice < 70 ? Instances[^(1 + ((dice < 66 ? dice % 3 : 3 + (dice % 7)) % Instances.Count))] : Instances[dice % Instances.Count];
            }

            var (now, origin) = (TestLedger.Now, TestLedger.OriginOf(one.Host));
            await programs[one.Host].ConfiguredAsync(one.Id, 1, true, now, origin, CancellationToken.None);
            if (dice < 66)
            {
                await MoveAsync(one.Id, one.Host, dice);
            }
            else if (dice < 70)
            {
                await programs[one.Host].AssociateAsync(new AssociateFloating(one.Id, "project-1", null, "nova", null, -1, now), origin, CancellationToken.None);
            }

            if (dice >= 70)
            {
                await programs[one.Host].DeleteAsync(one.Id, now, origin, CancellationToken.None);
            }

            if (dice >= 80)
            {
                await programs[one.Host].ReleasedAsync(one.Id, true, now, origin, CancellationToken.None);
            }
        }
    }
}
