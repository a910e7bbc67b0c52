using JasperFx.Events;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Ledger;
using NovaNetBus.Ledger.Log;
using Npgsql;
using Xunit;

namespace NovaNetBus.Integration.Tests.Ledger;

/// <summary>That the log alone makes all that stands beside it: shown by making it again.</summary>
public sealed class the_proof(TestLedger ledger) : IClassFixture<TestLedger>, IAsyncLifetime
{
    private readonly Guid kept = Guid.NewGuid(), gone = Guid.NewGuid();
    private string network = "", mac = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private LogVerification Verification => ledger.Program.GetRequiredService<LogVerification>();

    public async ValueTask InitializeAsync()
    {
        network = (await ledger.CreateNetworkAsync($"10.{Random.Shared.Next(0, 250)}.{Random.Shared.Next(0, 250)}.0/26", $"net-{kept:N}", shareAddress: false)).Id.ToString();
        await ledger.Hosts.JoinAsync("host-a", TestLedger.Settings, "/var/lib/novanet", TestLedger.Now, Stop);
        mac = (await ledger.SpawnAsync(kept, network: network)).State!.Ports[0].Mac.ToString();
        await ledger.SpawnAsync(gone, network: network);
        await ledger.Instances.ConfiguredAsync(kept, 1, false, TestLedger.Now, TestLedger.OriginOf("host-a"), Stop);
        await ledger.DeleteAsync(gone);
        await ledger.ReleasedAsync(gone);
        await ledger.Program.GetRequiredService<Presence>().CatchUpAsync(Stop);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task finds_no_difference_where_there_is_none()
    {
        var verified = await Verification.RunAsync(_ => { }, Stop);

        Assert.Equal([], verified.Differences);
        Assert.True(verified.Events >= 10 && verified.Documents >= 6, $"{verified.Events} events, {verified.Documents} documents");
    }

    [Theory]
    [InlineData("update novanet.mt_doc_instance set data = jsonb_set(data, '{state,host}', '\"host-x\"') where id = '{kept}'", "instance {kept}.state.host")]
    [InlineData("update novanet.mt_doc_instance set served_by = 'host-x' where id = '{kept}'", "instance {kept}: column served_by")]
    [InlineData("delete from novanet.segment_mac", "segment_mac br100 {mac}")]
    [InlineData("delete from novanet.mt_doc_instance where id = '{kept}'", "instance {kept}")]
    [InlineData("insert into novanet.mt_doc_network (id, data) values ('{gone}', '{}')", "network {gone}")]
    [InlineData("update novanet.presence_1 set host = 'host-x' where stream = 'instance-{kept}'", "presence instance-{kept} on host-x")]
    [InlineData("update novanet.mt_streams set version = 7 where id = 'instance-{kept}'", "stream instance-{kept}: version")]
    [InlineData("update novanet.mt_events set version = 7 where stream_id = 'instance-{kept}' and version = 2", "of stream instance-{kept}: version")]
    [InlineData("update novanet.mt_events set data = '{}' where stream_id = 'instance-{kept}' and version = 1", "instance {kept}.state.host")]
    [InlineData("update novanet.mt_events set type = 'never-heard-of' where stream_id = 'instance-{kept}' and version = 2", "of stream instance-{kept}")]
    public async Task tells_each_difference_with_its_address(string harm, string where)
    {
        await using var damaged = await DamagedAsync();
        await ExecuteAsync(damaged.ConnectionString, Filled(harm));

        var verified = await damaged.Program.GetRequiredService<LogVerification>().RunAsync(_ => { }, Stop);

        Assert.Contains(verified.Differences, difference => difference.Where.EndsWith(Filled(where), StringComparison.Ordinal));
    }

    [Fact]
    public async Task makes_the_same_world_in_an_empty_store()
    {
        await using var copy = await TestLedger.EmptyAsync();

        var replayed = await ledger.Program.GetRequiredService<LogReplay>().IntoAsync(copy.ConnectionString, _ => { }, Stop);

        Assert.Equal([], replayed.Differences);
        Assert.DoesNotContain("Password", replayed.Into, StringComparison.OrdinalIgnoreCase);
        var program = copy.StartProgram();
        Assert.Equal([], (await program.GetRequiredService<LogVerification>().RunAsync(_ => { }, Stop)).Differences);
        Assert.Equal(await EventsAsync(ledger), await EventsAsync(copy));
        Assert.Equal(await PlanAsync(ledger), await PlanAsync(copy));

        // It lives: the next event comes behind the last, and what was told from the log is not told again.
        await copy.SpawnAsync(Guid.NewGuid(), network: network);
        Assert.Equal([], (await program.GetRequiredService<LogVerification>().RunAsync(_ => { }, Stop)).Differences);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ledger.Program.GetRequiredService<LogReplay>().IntoAsync(copy.ConnectionString, _ => { }, Stop));
    }

    private static async Task<IReadOnlyList<string>> EventsAsync(TestLedger of) =>
        [.. (await of.Program.GetRequiredService<EventLog>().ListAsync(new EventFilter(), null, 10_000, Stop)).Select(change => change.ToString())];

    private static async Task<HostState> PlanAsync(TestLedger of) =>
        HostPlanner.Plan((await of.HostViews.ReadAsync("host-a", Stop)).ViewOf("host-a", TestLedger.Settings));

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync(Stop));
    }

    /// <summary>A copy to be harmed.</summary>
    private async Task<TestLedger> DamagedAsync()
    {
        var copy = await TestLedger.EmptyAsync();
        await ledger.Program.GetRequiredService<LogReplay>().IntoAsync(copy.ConnectionString, _ => { }, Stop);
        copy.StartProgram();
        return copy;
    }

    private string Filled(string text) => text.Replace("{kept}", kept.ToString(), StringComparison.Ordinal).Replace("{gone}", gone.ToString(), StringComparison.Ordinal)
        .Replace("{mac}", mac, StringComparison.Ordinal);
}
