using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests.Messaging;
using NovaNetBus.Integration.Tests.Programs;
using Xunit;

namespace NovaNetBus.Integration.Tests;

/// <summary>What the published programs cannot handle, in the hands of an operator.</summary>
[Collection(nameof(RunningPrograms))]
public sealed class failed_messages(RunningPrograms programs) : IAsyncLifetime
{
    private const string Spawning = "novanet.instance-spawning";
    private static int used;
    private readonly Guid first = Guid.NewGuid(), second = Guid.NewGuid();
    private readonly string project = $"failing-{Interlocked.Increment(ref used)}";
    private ComputeService compute = null!;

    private string ErrorQueue => Wire.ErrorQueue(Wire.WorkerQueue(programs.Host));

    public async ValueTask InitializeAsync()
    {
        compute = await ComputeService.ConnectAsync();
        await programs.NovanetAsync("network", "create", project, "--fixed-range-v4", $"10.89.{used}.0/24", "--multi-host", "true", "--project", project);
    }

    public ValueTask DisposeAsync() => compute.DisposeAsync();

    [Fact]
    public async Task are_listed_with_their_reason_and_succeed_when_the_cause_is_mended()
    {
        await BreakAsync();
        await SpawnAsync(first);
        await Eventually.HoldsAsync("one has failed", async () => (await MineAsync()).Count == 1);
        await SpawnAsync(second);
        await Eventually.HoldsAsync("both have failed", async () => (await MineAsync()).Count == 2);

        var rows = await MineAsync();
        Assert.Equal([first, second], rows.Select(row => row.InstanceId!.Value));
        Assert.All(rows, row => Assert.Equal((ErrorQueue, Spawning, programs.Host, null), (row.Queue, row.Type, row.Host, row.Code)));
        Assert.All(rows, row => Assert.Contains("out of order on purpose", row.Reason, StringComparison.Ordinal));
        Assert.Equal(rows, await MineAsync());

        Assert.Equal([rows[0]], Rows(await programs.NovanetAsync("errors", "retry", rows[0].Id, "--output", "json")));
        await Eventually.HoldsAsync("it has failed again, as nothing was mended", async () => (await MineAsync()).Count == 2);

        await MendAsync();
        var retried = Rows(await programs.NovanetAsync("errors", "retry", "--all", "--output", "json"));
        Assert.Equal([second, first], retried.Where(Mine).Select(row => row.InstanceId!.Value));
        Assert.Equal([first, second], new[] { (await ConfiguredAsync()).InstanceId, (await ConfiguredAsync()).InstanceId }.OrderBy(id => id == second));
        Assert.Empty(await MineAsync());
        Assert.Equal(3, (await EventsAsync("failed-message-retried")).Count(data => data.TryGetProperty("instanceId", out var id) && (id.GetGuid() == first || id.GetGuid() == second)));
    }

    [Fact]
    public async Task are_discarded_and_the_log_says_by_whom()
    {
        var message = Guid.NewGuid().ToString();
        await compute.PublishAsync(Spawning, programs.Host, """{"instanceId":"seventeen","projectId":"p","host":"h","hostname":"vm"}""", properties => properties.MessageId = message);
        await compute.PublishAsync(Spawning, "no-such-host", """{"instanceId":"eighteen","projectId":"p","host":"h","hostname":"vm"}""", properties => properties.MessageId = message);
        await Eventually.HoldsAsync("both have failed", async () => (await AllAsync()).Count(row => row.MessageId == message) == 2);
        foreach (var row in (await AllAsync()).Where(row => row.MessageId == message))
        {
            Assert.Equal(("invalid-message", "The field instanceId must be a UUID string."), (row.Code, row.Reason));
            Assert.Equal([row], Rows(await programs.NovanetAsync("errors", "discard", row.Id, "--output", "json")));
            Assert.Contains("error-not-found", await RefusedAsync("errors", "discard", row.Id), StringComparison.Ordinal);
            Assert.Contains("error-not-found", await RefusedAsync("errors", "retry", row.Id), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(await AllAsync(), row => row.MessageId == message);
        using var events = JsonDocument.Parse(await programs.NovanetAsync("events", "list", "--type", "failed-message-discarded", "--output", "json"));
        var mine = events.RootElement.EnumerateArray().Where(row => row.GetProperty("data").GetProperty("messageId").GetString() == message).ToList();
        Assert.Equal([ErrorQueue, Wire.ErrorQueue(Wire.SchedulerQueue)], mine.Select(row => row.GetProperty("data").GetProperty("queue").GetString()).Order());
        var operatorName = new RabbitMQ.Client.ConnectionFactory { Uri = new Uri(Services.RabbitMq) }.UserName;
        Assert.All(mine, row => Assert.Equal(operatorName, row.GetProperty("user").GetString()));
    }

    [Fact]
    public async Task of_a_host_that_is_forgotten_are_the_schedulers()
    {
        var gone = programs.Host + "-failing";
        await using (var worker = programs.Start(
            RunningPrograms.Published("novanet-worker"), "--host", gone, "--fake_network=true", "--multi_host=true", "--http_listen=127.0.0.1:0", "--state_path", Path.GetTempPath()))
        {
            await Eventually.HoldsAsync("the worker has joined", async () => (await programs.NovanetAsync("host", "list", "--output", "json")).Contains(gone, StringComparison.Ordinal));
            await compute.PublishAsync(Spawning, gone, "{ broken", properties => properties.MessageId = gone);
            await Eventually.HoldsAsync("it has failed", async () => (await AllAsync()).Any(row => row.MessageId == gone && row.Host == gone));
        }

        await Eventually.HoldsAsync("the host is forgotten", async () => await Record.ExceptionAsync(() => programs.NovanetAsync("host", "forget", gone)) is null);

        var row = Assert.Single(await AllAsync(), row => row.MessageId == gone);
        Assert.Equal((Wire.ErrorQueue(Wire.SchedulerQueue), "invalid-message"), (row.Queue, row.Code));
        await programs.NovanetAsync("errors", "discard", row.Id);
    }

    /// <summary>The store refuses this project's instances: a fault that no message is to blame for, and no outage that would be waited out.</summary>
    private Task BreakAsync() => programs.ExecuteInStoreAsync($"""
        create function novanet.refuse_{used}() returns trigger language plpgsql as $$ begin raise exception 'out of order on purpose'; end $$;
        create trigger refuse_{used} before insert on novanet.mt_events for each row when (new.data ->> 'projectId' = '{project}') execute function novanet.refuse_{used}();
        """);

    private Task MendAsync() => programs.ExecuteInStoreAsync($"drop function novanet.refuse_{used} cascade");

    private Task SpawnAsync(Guid id) => compute.PublishAsync(
        Spawning, programs.Host, $$"""{"instanceId":"{{id}}","projectId":"{{project}}","host":"{{programs.Host}}","hostname":"vm","networks":[{"network":"{{project}}"}]}""",
        properties => (properties.ReplyTo, properties.CorrelationId) = (compute.Queue, $"{id}"));

    private async Task<HostNetworkConfigured> ConfiguredAsync()
    {
        var answer = await compute.NextAsync();
        Assert.True(answer.Properties.Type == "novanet.host-network-configured", $"{answer.Properties.Type}: {answer.Json}");
        return JsonSerializer.Deserialize<HostNetworkConfigured>(answer.Body, JsonSerializerOptions.Web)!;
    }

    private bool Mine(ErrorRow row) => row.InstanceId is { } id && (id == first || id == second);

    private async Task<IReadOnlyList<ErrorRow>> MineAsync() => [.. (await AllAsync()).Where(Mine)];

    private async Task<IReadOnlyList<ErrorRow>> AllAsync() => Rows(await programs.NovanetAsync("errors", "list", "--output", "json"));

    private async Task<IEnumerable<JsonElement>> EventsAsync(string type)
    {
        var events = JsonDocument.Parse(await programs.NovanetAsync("events", "list", "--type", type, "--output", "json"));
        return events.RootElement.EnumerateArray().Select(row => row.GetProperty("data"));
    }

    private async Task<string> RefusedAsync(params string[] words) => (await Assert.ThrowsAsync<InvalidOperationException>(() => programs.NovanetAsync(words))).Message;

    private static IReadOnlyList<ErrorRow> Rows(string json) => JsonSerializer.Deserialize<ErrorRow[]>(json, JsonSerializerOptions.Web)!;
}
