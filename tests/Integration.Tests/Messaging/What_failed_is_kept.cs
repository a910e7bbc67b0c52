using System.Text;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Messaging;
using RabbitMQ.Client;
using Xunit;

namespace NovaNetBus.Integration.Tests.Messaging;

/// <summary>The error queues of a real broker: looked at without a loss, and emptied only of what is somewhere else.</summary>
public sealed class What_failed_is_kept
{
    private const string Spawning = "novanet.instance-spawning";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task and_is_all_there_in_order_however_often_it_is_looked_at()
    {
        await using var bus = await BusUnderTest.StartAsync();
        await using var compute = await ComputeService.ConnectAsync();
        foreach (var number in Enumerable.Range(1, 7))
        {
            await compute.PublishAsync(Spawning, bus.Name, $"{{ broken {number}", properties => properties.Expiration = "60000");
        }

        IReadOnlyList<string> bodies = [];
        await Eventually.HoldsAsync("all have failed", async () => (bodies = await LookAsync(bus)).Count == 7);
        for (var time = 1; time <= 30; time++)
        {
            Assert.Equal(bodies, await LookAsync(bus));
        }

        await using var channel = await bus.Broker.ChannelAsync(null, Stop);
        var one = await channel.BasicGetAsync(Wire.ErrorQueue(bus.Queue), autoAck: true, Stop);
        Assert.False(one!.BasicProperties.IsExpirationPresent(), "it would vanish from the error queue");
    }

    /// <summary>What RabbitMQ 4 does to every quorum queue that sets no limit of its own (20), shown on any version: why ours sets one.</summary>
    [Fact]
    public async Task which_a_queue_with_the_limit_of_rabbitmq_4_would_not_do()
    {
        await using var bus = await BusUnderTest.StartAsync();
        await using var channel = await bus.Broker.ChannelAsync(null, Stop);
        var queue = Wire.ErrorQueue(bus.Queue);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = 20 }, cancellationToken: Stop);
        await channel.BasicPublishAsync("", queue, mandatory: true, "{}"u8.ToArray(), Stop);

        await Eventually.HoldsAsync("it is lost by being looked at", async () => (await LookAsync(bus)).Count == 0);
    }

    /// <summary>MassTransit made them so.</summary>
    [Fact]
    public async Task also_in_a_queue_that_an_earlier_build_has_made()
    {
        await using var bus = await BusUnderTest.StartAsync();
        await using var channel = await bus.Broker.ChannelAsync(null, Stop);
        var arguments = new Dictionary<string, object?>(Topology.QueueArguments(singleActiveConsumer: true));
        await channel.QueueDeclareAsync(Wire.ErrorQueue(bus.Queue), durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: Stop);
        await using var compute = await ComputeService.ConnectAsync();
        await compute.PublishAsync(Spawning, bus.Name, "{ broken");

        await Eventually.HoldsAsync("it has failed", async () => (await LookAsync(bus)).Count == 1);
        Assert.Equal(["{ broken"], await LookAsync(bus));
    }

    [Fact]
    public async Task and_goes_back_as_it_was_when_its_cause_is_mended()
    {
        var broken = true;
        await using var bus = await BusUnderTest.StartAsync(new Taken { After = _ => broken ? throw new InvalidOperationException("Broken on purpose.") : Task.CompletedTask });
        await using var compute = await ComputeService.ConnectAsync();
        var (id, user, trace) = (Guid.NewGuid(), new ConnectionFactory { Uri = new Uri(Services.RabbitMq) }.UserName, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        await compute.PublishAsync(Spawning, bus.Name, Plain_json_reaches_the_worker.SpawningJson(id, bus.Name), properties =>
        {
            (properties.ReplyTo, properties.CorrelationId, properties.MessageId, properties.UserId) = (compute.Queue, "req-9", "m-9", user);
            properties.Headers = new Dictionary<string, object?> { ["traceparent"] = Encoding.UTF8.GetBytes(trace) };
        });

        await Eventually.HoldsAsync("it has failed", async () => (await LookAsync(bus)).Count == 1);
        await using (var held = await bus.Errors.HoldAsync([bus.Queue], 10, Stop))
        {
            var failed = Assert.Single(held.Messages);
            Assert.Equal((bus.Queue, Spawning, "m-9", user, null, "Broken on purpose."), (failed.Queue, failed.Type, failed.MessageId, failed.UserId, failed.Code, failed.Reason));
            Assert.InRange(DateTimeOffset.UtcNow - failed.FailedAt!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(5));
            broken = false;
            await held.SendBackAsync(failed, Stop);
            await held.RemoveAsync(failed, Stop);
        }

        await Eventually.HoldsAsync("it is taken again", () => bus.Taken.Messages.Count == 2);
        var (first, second) = (bus.Taken.Messages.First(), bus.Taken.Messages.Last());
        Assert.Equal(first.Message, second.Message);
        Assert.Equal(new Delivery("m-9", "req-9", compute.Queue, trace, user, false), second.Delivery);
        Assert.Empty(await LookAsync(bus));
    }

    [Fact]
    public async Task until_it_is_removed_even_if_it_was_sent_back()
    {
        await using var bus = await BusUnderTest.StartAsync();
        await using var compute = await ComputeService.ConnectAsync();
        await compute.PublishAsync(Spawning, bus.Name, "{ broken");
        await Eventually.HoldsAsync("it has failed", async () => (await LookAsync(bus)).Count == 1);

        await using (var held = await bus.Errors.HoldAsync([bus.Queue], 10, Stop))
        {
            await held.SendBackAsync(held.Messages[0], Stop);
        }

        await Eventually.HoldsAsync("it has failed once more, and is there from before too", async () => (await LookAsync(bus)).Count == 2);
    }

    private static async Task<IReadOnlyList<string>> LookAsync(BusUnderTest bus)
    {
        await using var held = await bus.Errors.HoldAsync([bus.Queue, "test-no-such-queue"], 100, Stop);
        return [.. held.Messages.Select(message => Encoding.UTF8.GetString(message.Body.Span))];
    }
}
