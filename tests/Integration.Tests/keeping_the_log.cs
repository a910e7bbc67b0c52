using System.Globalization;
using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests.Messaging;
using NovaNetBus.Integration.Tests.Programs;
using Npgsql;
using Xunit;

namespace NovaNetBus.Integration.Tests;

/// <summary>The leader's housekeeping of the log, by the published scheduler. Time is made to pass by ageing the events of one instance.</summary>
[Collection(nameof(RunningPrograms))]
public sealed class keeping_the_log(RunningPrograms programs)
{
    private const int Age = 40, Kept = 35;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task what_is_long_gone_is_archived_and_where_that_is_wanted_taken_out_behind_a_horizon_that_answers_know_of()
    {
        await programs.NovanetAsync("network", "create", "keeping", "--fixed-range-v4", "10.83.0.0/24", "--multi-host", "true", "--project", "keeping");
        await using var compute = await ComputeService.ConnectAsync();
        var asking = new AskingForFacts(compute);
        var vm = await asking.AskAsync<HostNetworkConfigured>(
            new InstanceSpawning(Guid.NewGuid(), "keeping", programs.Host, "vm", [new RequestedNetwork("keeping")]), programs.Host);
        await asking.AskAsync<InstanceNetworkReleased>(new InstanceDeleted(vm.InstanceId, programs.Host), programs.Host);
        var stream = $"instance-{vm.InstanceId}";
        await AskAsync($"update novanet.mt_events set timestamp = timestamp - interval '{Age} days' where stream_id = '{stream}'");

        await programs.ReplaceSchedulerAsync();
        await Eventually.HoldsAsync("the stream is archived", async () => await AskAsync($"select is_archived from novanet.mt_streams where id = '{stream}'") is true);
        Assert.Contains($"{vm.InstanceId}", await programs.NovanetAsync("address", "history", vm.Vifs[0].Address), StringComparison.Ordinal);

        await programs.ReplaceSchedulerAsync($"--log_keep_days={Kept}");
        await Eventually.HoldsAsync("the stream is taken out", async () => await AskAsync($"select count(*) from novanet.mt_events where stream_id = '{stream}'") is 0L);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => programs.NovanetAsync("address", "owner", vm.Vifs[0].Address, "--at", DaysAgo(Age)));
        Assert.Contains("before-log-horizon", refused.Message, StringComparison.Ordinal);
        foreach (var question in new[] { new[] { "state", "show" }, ["host", "render", programs.Host] })
        {
            Assert.Contains("before-log-horizon", (await Assert.ThrowsAsync<InvalidOperationException>(() => programs.NovanetAsync([.. question, "--at", DaysAgo(Age)]))).Message, StringComparison.Ordinal);
        }

        await programs.NovanetAsync("address", "owner", vm.Vifs[0].Address, "--at", DaysAgo(Kept - 1));
        using var trimmed = JsonDocument.Parse(await programs.NovanetAsync("events", "list", "--type", "log-trimmed", "--output", "json"));
        Assert.Equal(JsonValueKind.String, Assert.Single(trimmed.RootElement.EnumerateArray()).GetProperty("data").GetProperty("before").ValueKind);
        await programs.ReplaceSchedulerAsync();
    }

    private static string DaysAgo(int days) => DateTime.UtcNow.AddDays(-days).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private async Task<object?> AskAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(programs.Postgres);
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Stop);
    }
}
