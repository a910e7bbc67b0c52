using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Messaging;
using Xunit;

namespace NovaNetBus.Integration.Tests.Messaging;

public sealed class Plain_json_reaches_the_worker
{
    private const string Spawning = "novanet.instance-spawning";
    private const string Deleted = "novanet.instance-deleted";

    [Fact]
    public async Task without_any_property_and_with_a_type_that_overrules_the_exchange()
    {
        await using var bus = await BusUnderTest.StartAsync();
        await using var compute = await ComputeService.ConnectAsync();
        var id = Guid.NewGuid();

        await compute.PublishAsync(Spawning, bus.Name, SpawningJson(id, bus.Name));
        await compute.PublishAsync("", bus.Queue, DeletedJson(id), properties =>
        {
            (properties.Type, properties.ContentType, properties.CorrelationId) = (Deleted, "application/json", "req-1");
            (properties.ReplyTo, properties.MessageId) = ("somebody", "no-uuid");
        });

        await Eventually.HoldsAsync("both are taken", () => bus.Taken.Messages.Count == 2);
        var (first, second) = (bus.Taken.Messages.First(), bus.Taken.Messages.Last());
        Assert.Equal(new InstanceSpawning(id, "p", bus.Name, "vm"), first.Message);
        Assert.Equal(new Delivery(null, null, null, null, null, false), first.Delivery);
        Assert.Equal(new InstanceDeleted(id), second.Message);
        Assert.Equal(new Delivery("no-uuid", "req-1", "somebody", null, null, false), second.Delivery);
        Assert.True(await bus.Sender.StateAsync(bus.Queue, TestContext.Current.CancellationToken) is { Messages: 0 });
    }

    [Theory]
    [InlineData("{ nope", Spawning, "not JSON")]
    [InlineData("[]", Spawning, "must be a JSON object")]
    [InlineData("""{"instanceId":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","host":"h"}""", Spawning, "missing: projectId, hostname")]
    [InlineData("""{"instanceId":"seventeen"}""", Deleted, "instanceId must be a UUID")]
    [InlineData("{}", "novanet.instance-migrated", "takes no messages of type")]
    public async Task what_cannot_be_read_ends_in_the_error_queue_with_the_reason_and_its_sender_is_told(string json, string exchange, string reason)
    {
        await using var bus = await BusUnderTest.StartAsync();
        await using var compute = await ComputeService.ConnectAsync();

        await compute.PublishAsync(exchange, bus.Name, json, properties => (properties.ReplyTo, properties.CorrelationId) = (compute.Queue, "req-2"));

        var told = await compute.NextAsync();
        Assert.Equal("novanet.instance-network-failed", told.Properties.Type);
        Assert.Equal("req-2", told.Properties.CorrelationId);
        Assert.Equal("invalid-message", told.Json.GetProperty("code").GetString());
        Assert.False(told.Json.GetProperty("retryable").GetBoolean());
        Assert.Contains(reason, told.Json.GetProperty("message").GetString());

        var error = await ErrorAsync(bus, compute);
        Assert.Contains(reason, error.Header("MT-Fault-Message"));
        Assert.Equal("invalid-message", error.Header("novanet-code"));
        Assert.Equal(json, System.Text.Encoding.UTF8.GetString(error.Body));

        var id = Guid.NewGuid();
        await compute.PublishAsync(Spawning, bus.Name, SpawningJson(id, bus.Name));
        await Eventually.HoldsAsync("the worker goes on", () => bus.Taken.Messages.Count == 1);
    }

    [Fact]
    public async Task a_message_with_poisoned_masstransit_headers_is_taken_like_any_other()
    {
        await using var bus = await BusUnderTest.StartAsync(new Taken { After = _ => throw new InvalidOperationException("Broken on purpose.") });
        await using var compute = await ComputeService.ConnectAsync();

        await compute.PublishAsync(Spawning, bus.Name, SpawningJson(Guid.NewGuid(), bus.Name), properties =>
        {
            properties.ContentType = "application/vnd.masstransit+json";
            properties.Headers = new Dictionary<string, object?>
            {
                ["MT-Response-Address"] = "rabbitmq://127.0.0.1/amq.gen-x?temporary=true",
                ["MT-Fault-Address"] = "queue:network.nobody",
                ["MT-MessageType"] = "urn:message:Other",
            };
        });

        var error = await ErrorAsync(bus, compute);
        Assert.Equal("Broken on purpose.", error.Header("MT-Fault-Message"));
        Assert.Single(bus.Taken.Messages);
    }

    [Fact]
    public async Task the_order_of_a_queue_is_kept_although_consumers_run_concurrently()
    {
        const int Many = 2000;
        var taken = new Taken { Before = _ => Random.Shared.Next(4) == 0 ? Task.Delay(Random.Shared.Next(3)) : Task.CompletedTask, After = _ => Task.Delay(1) };
        await using var bus = await BusUnderTest.StartAsync(taken);
        await using var compute = await ComputeService.ConnectAsync();
        var ids = Enumerable.Range(0, Many).Select(_ => Guid.NewGuid()).ToArray();

        await Task.WhenAll(ids.Select((id, index) => index % 50 == 7
            ? compute.PublishAsync(Spawning, bus.Name, "{ nope")
            : compute.PublishAsync(index % 2 == 0 ? Spawning : Deleted, bus.Name, index % 2 == 0 ? SpawningJson(id, bus.Name) : DeletedJson(id))));

        var expected = ids.Where((_, index) => index % 50 != 7).ToArray();
        await Eventually.HoldsAsync("all are taken", () => taken.Messages.Count == expected.Length);
        Assert.Equal(expected, taken.Messages.Select(taken => taken.Message is InstanceSpawning spawning ? spawning.InstanceId : ((InstanceDeleted)taken.Message).InstanceId));
        await Eventually.HoldsAsync("the unreadable ones are in the error queue", async () =>
            await bus.Sender.StateAsync(Wire.ErrorQueue(bus.Queue), default) is { Messages: Many / 50 });
    }

    internal static string SpawningJson(Guid id, string host) => $$"""{"instanceId":"{{id}}","projectId":"p","host":"{{host}}","hostname":"vm"}""";

    internal static string DeletedJson(Guid id) => $$"""{"instanceId":"{{id}}"}""";

    private static async Task<Received> ErrorAsync(BusUnderTest bus, ComputeService compute)
    {
        var queue = Wire.ErrorQueue(bus.Queue);
        await Eventually.HoldsAsync("the message is in the error queue", async () => await bus.Sender.StateAsync(queue, default) is { Messages: 1 });
        await compute.ConsumeAsync(queue);
        return await compute.NextAsync();
    }
}
