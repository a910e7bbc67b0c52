using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain.Requests;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using Npgsql;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

/// <summary>One instance was gone before the horizon, one afterwards, one is there.</summary>
public sealed class the_retention : IAsyncLifetime
{
    private readonly TestLedger ledger = new();
    private readonly Guid old = Guid.NewGuid(), late = Guid.NewGuid(), alive = Guid.NewGuid();
    private DateTimeOffset horizon, between;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private LogRetention Retention => ledger.Program.GetRequiredService<LogRetention>();

    private LogVerification Verification => ledger.Program.GetRequiredService<LogVerification>();

    public async ValueTask InitializeAsync()
    {
        await ledger.InitializeAsync();
        await ledger.Hosts.JoinAsync("host-a", TestLedger.Settings, "/var/lib/novanet", TestLedger.Now, Stop);
        await ledger.CreateNetworkAsync("10.60.0.0/24");
        await ledger.SpawnAsync(alive);
        await ledger.SpawnAsync(late);
        await EndAsync(old);
        await RefuseAsync("early");
        horizon = await new Story(ledger).NowAsync();
        between = await new Story(ledger).NowAsync();
        await EndAsync(late);
        await RefuseAsync("late");
        await ToldAsync(long.MaxValue);
    }

    public ValueTask DisposeAsync() => ledger.DisposeAsync();

    [Fact]
    public async Task archives_what_is_long_gone_and_every_answer_stays()
    {
        var story = await StreamsAsync("select id from novanet.mt_streams order by id");

        Assert.Equal(1, await Retention.ArchiveAsync(horizon, Stop));
        Assert.Equal(0, await Retention.ArchiveAsync(horizon, Stop));

        Assert.Equal([$"instance-{old}"], await StreamsAsync("select id from novanet.mt_streams where is_archived"));
        Assert.Equal(story, await StreamsAsync("select id from novanet.mt_streams order by id"));
        Assert.Null(await Retention.HorizonAsync(Stop));
        Assert.Equal([], (await Verification.RunAsync(_ => { }, Stop)).Differences);
    }

    [Fact]
    public async Task takes_out_what_ended_before_the_horizon_and_keeps_the_answers_from_there_on()
    {
        var (world, host) = await AnswersAsync();

        Assert.Equal(2, await Retention.TrimAsync(horizon, TestLedger.Now, TestLedger.OriginOf("scheduler"), Stop));

        Assert.Equal(
            new[] { alive, late }.Select(id => $"instance-{id}").Order(StringComparer.Ordinal),
            (await StreamsAsync("select id from novanet.mt_streams where id like 'instance-%'")).Order(StringComparer.Ordinal));
        Assert.Single(await StreamsAsync("select id from novanet.mt_streams where id like 'request-%'"));
        Assert.Equal(horizon, await Retention.HorizonAsync(Stop));
        Assert.Equal((world, host), await AnswersAsync());
        Assert.Equal([], (await Verification.RunAsync(_ => { }, Stop)).Differences);
    }

    [Fact]
    public async Task leaves_a_log_that_becomes_the_same_world_in_an_empty_store()
    {
        await Retention.TrimAsync(horizon, TestLedger.Now, TestLedger.OriginOf("scheduler"), Stop);
        await using var empty = await TestLedger.EmptyAsync();

        var replayed = await ledger.Program.GetRequiredService<LogReplay>().IntoAsync(empty.ConnectionString, _ => { }, Stop);

        Assert.Equal([], replayed.Differences);
        var verification = empty.StartProgram().GetRequiredService<LogVerification>();
        Assert.Equal([], (await verification.RunAsync(_ => { }, Stop)).Differences);
    }

    [Fact]
    public async Task never_goes_back_and_tells_of_each_horizon_once()
    {
        for (var time = 0; time < 2; time++)
        {
            await Retention.TrimAsync(horizon, TestLedger.Now, TestLedger.OriginOf("scheduler"), Stop);
            await Retention.TrimAsync(horizon.AddDays(-1), TestLedger.Now, TestLedger.OriginOf("scheduler"), Stop);
        }

        var told = await ledger.Program.GetRequiredService<EventLog>().ListAsync(new EventFilter(Type: "log-trimmed"), null, 10, Stop);
        Assert.Equal(("log", 1, "scheduler"), (Assert.Single(told).Stream, told[0].Version, told[0].Host));
        Assert.Equal(horizon, await Retention.HorizonAsync(Stop));
    }

    [Fact]
    public async Task waits_for_what_the_world_has_still_to_be_told()
    {
        await ToldAsync(1);
        Assert.Equal(1, await Retention.TrimAsync(horizon, TestLedger.Now, TestLedger.OriginOf("scheduler"), Stop)); // the request alone
        await ToldAsync(long.MaxValue);
        Assert.Equal(1, await Retention.TrimAsync(horizon, TestLedger.Now, TestLedger.OriginOf("scheduler"), Stop));
    }

    private async Task EndAsync(Guid instance)
    {
        await ledger.SpawnAsync(instance);
        await ledger.DeleteAsync(instance);
        await ledger.ReleasedAsync(instance);
    }

    private Task RefuseAsync(string message) => ledger.Program.GetRequiredService<RefusalLedger>().RecordAsync(
        new RequestRefused("network create", null, "cidr-conflict", "It overlaps another.", TestLedger.Now), TestLedger.OriginOf("scheduler", message), Stop);

    /// <summary>In the time that is kept, in the middle of the later instance's life.</summary>
    private async Task<(string World, string Host)> AnswersAsync()
    {
        var travel = ledger.Program.GetRequiredService<TimeTravel>();
        var (world, host) = (await travel.WorldAsync(between, Stop), await travel.HostAsync("host-a", between, Stop));
        Assert.Equal(2, world.Instances.Count);
        return (
            string.Join('\n', world.FixedIps.Cast<object>().Concat(world.Instances.Select(entry => entry.State)).Concat(world.Networks)),
            string.Join('\n', host.Content.Ports));
    }

    private async Task ToldAsync(long sequence)
    {
        await using var connection = new NpgsqlConnection(ledger.ConnectionString);
        await connection.OpenAsync(Stop);
        await LogProgress.WriteAsync(connection, LogProgress.Facts, sequence, Stop);
    }

    private async Task<List<string>> StreamsAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ledger.ConnectionString);
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync(Stop);
        var found = new List<string>();
        while (await rows.ReadAsync(Stop))
        {
            found.Add(rows.GetString(0));
        }

        return found;
    }
}
