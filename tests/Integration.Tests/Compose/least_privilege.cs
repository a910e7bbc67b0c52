using System.Text;
using System.Text.Json;
using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests.Programs;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace NovaNetBus.Integration.Tests.Compose;

/// <summary>The published programs with the users of compose/: all that they must do they may, and what they need not they may not.</summary>
public sealed class least_privilege(Accounts accounts) : IClassFixture<Accounts>
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task is_enough_for_the_main_job_and_no_more()
    {
        Assert.NotNull(accounts);
        await using var scheduler = Start("novanet-scheduler", "scheduler", "scheduler", "--multi-host", "true");
        await Eventually.HoldsAsync("an operator makes a network", async () => await TriesAsync(() => NovanetAsync("network", "create", "private", "--fixed-range-v4", "10.0.0.0/24")));

        // As compose.yaml has it, after the scheduler: a worker may not make the tables.
        await using var worker = Start(
            "novanet-worker", "worker-" + Accounts.Host, "worker", "--host", Accounts.Host, "--fake-network", "true", "--multi-host", "true", "--state-path", Path.GetTempPath());
        await Eventually.HoldsAsync("the worker is known", async () => (await NovanetAsync("host", "list")).Contains(Accounts.Host, StringComparison.Ordinal));

        var configured = await SpawnAsync();
        Assert.Equal(Accounts.Host, configured.Host);
        Assert.Contains(configured.Vifs[0].Address, await NovanetAsync("fixed", "list"), StringComparison.Ordinal);

        Assert.Equal(Accounts.Host, (await SpawnAsync(routingKey: "")).Host);
        await FailsAndIsDiscardedAsync(Accounts.Host);
        await FailsAndIsDiscardedAsync("");

        await RefusedAsync("compute", channel => channel.BasicPublishAsync("", Wire.AdminQueue, mandatory: true, new BasicProperties(), "{}"u8.ToArray()).AsTask());
        await RefusedAsync("compute", channel => channel.BasicConsumeAsync(Wire.WorkerQueue(Accounts.Host), autoAck: true, new AsyncDefaultBasicConsumer(channel)));
        await RefusedAsync("operator", channel => channel.BasicPublishAsync("novanet.instance-spawning", Accounts.Host, mandatory: true, new BasicProperties(), "{}"u8.ToArray()).AsTask());
        await RefusedAsync("worker-" + Accounts.Host, channel => channel.BasicConsumeAsync(Wire.AdminQueue, autoAck: true, new AsyncDefaultBasicConsumer(channel)));
        await RefusedAsync("worker-" + Accounts.Host, channel => channel.QueueDeclareAsync(Wire.WorkerQueue("host-b"), durable: true, exclusive: false, autoDelete: false));

        Assert.True((long)(await AskAsync("auditor", "select count(*) from novanet.mt_events"))! > 0);
        await DeniedAsync("auditor", "delete from novanet.mt_events");
        await DeniedAsync("worker", "drop table novanet.mt_doc_block");
    }

    private static Child Start(string program, string brokerUser, string role, params string[] options) => Child.Start(
        Path.Combine(RunningPrograms.Root, "artifacts", "bin", program),
        new Dictionary<string, string> { ["ConnectionStrings__RabbitMq"] = Accounts.Broker(brokerUser), ["ConnectionStrings__Postgres"] = Accounts.Store(role) },
        [.. options, "--http-listen", "127.0.0.1:0"]);

    private static async Task<string> NovanetAsync(params string[] words)
    {
        await using var novanet = Child.Start(
            Path.Combine(RunningPrograms.Root, "artifacts", "bin", "novanet"),
            new Dictionary<string, string> { ["ConnectionStrings__RabbitMq"] = Accounts.Broker("operator") }, words);
        return await novanet.SucceedsAsync(Bound);
    }

    private static async Task<bool> TriesAsync(Func<Task> attempt) => await Record.ExceptionAsync(attempt) is null;

    /// <summary>As a compute service does: publish, with a queue of its own to be answered on.</summary>
    private static async Task<HostNetworkConfigured> SpawnAsync(string routingKey = Accounts.Host)
    {
        await using var connection = await ConnectAsync("compute");
        await using var channel = await connection.CreateChannelAsync();
        var replies = (await channel.QueueDeclareAsync()).QueueName;
        var spawning = new { instanceId = Guid.NewGuid(), projectId = "red", host = Accounts.Host, hostname = "web" };
        var properties = new BasicProperties { ContentType = "application/json", ReplyTo = replies, CorrelationId = "1", UserId = "compute" };
        await channel.BasicPublishAsync("novanet.instance-spawning", routingKey, mandatory: true, properties, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(spawning)));

        BasicGetResult? answer = null;
        await Eventually.HoldsAsync("the compute service is answered", async () => (answer = await channel.BasicGetAsync(replies, autoAck: true)) is not null);
        Assert.Equal("novanet.host-network-configured", answer!.BasicProperties.Type);
        return JsonSerializer.Deserialize<HostNetworkConfigured>(answer.Body.Span, JsonSerializerOptions.Web)!;
    }

    /// <summary>Of a message that says who publishes it, which nobody may say for somebody else, and that the scheduler retries in vain.</summary>
    private static async Task FailsAndIsDiscardedAsync(string routingKey)
    {
        await using (var connection = await ConnectAsync("compute"))
        await using (var channel = await connection.CreateChannelAsync())
        {
            await channel.BasicPublishAsync("novanet.instance-spawning", routingKey, mandatory: true, new BasicProperties { UserId = "compute" }, "{ broken"u8.ToArray());
        }

        JsonElement row = default;
        async Task<bool> FailedAsync() => (row = JsonDocument.Parse(await NovanetAsync("errors", "list", "--output", "json")).RootElement.EnumerateArray().FirstOrDefault()).ValueKind != JsonValueKind.Undefined;
        await Eventually.HoldsAsync("it has failed", FailedAsync);
        Assert.Equal("compute", row.GetProperty("userId").GetString());
        await NovanetAsync("errors", "retry", row.GetProperty("id").GetString()!);
        await Eventually.HoldsAsync("it has failed again", FailedAsync);
        Assert.Equal("compute", row.GetProperty("userId").GetString());
        await NovanetAsync("errors", "discard", row.GetProperty("id").GetString()!);
        Assert.False(await FailedAsync());
    }

    private static async Task RefusedAsync(string user, Func<IChannel, Task> attempt)
    {
        await using var connection = await ConnectAsync(user);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var fault = await Record.ExceptionAsync(() => attempt(channel).WaitAsync(Bound));
        var reason = fault is OperationInterruptedException interrupted ? interrupted.ShutdownReason : channel.CloseReason;
        Assert.Equal((ushort)Constants.AccessRefused, reason?.ReplyCode);
    }

    private static Task<IConnection> ConnectAsync(string user) => new ConnectionFactory { Uri = new Uri(Accounts.Broker(user)), AutomaticRecoveryEnabled = false }.CreateConnectionAsync();

    private static async Task<object?> AskAsync(string role, string sql)
    {
        await using var connection = new NpgsqlConnection(Accounts.Store(role));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task DeniedAsync(string role, string sql)
    {
        var denied = await Assert.ThrowsAsync<PostgresException>(() => AskAsync(role, sql));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, denied.SqlState);
    }
}
