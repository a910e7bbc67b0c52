using System.Diagnostics;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Messaging;
using RabbitMQ.Client;
using Xunit;

namespace NovaNetBus.Integration.Tests.Messaging;

public sealed class Facts_are_published
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task to_their_exchange_and_to_who_asked_with_the_ids_and_the_trace()
    {
        await using var bus = await BusUnderTest.StartAsync();
        await using var compute = await ComputeService.ConnectAsync();
        await compute.BindAsync("novanet.instance-network-released", bus.Name);
        var fact = new InstanceNetworkReleased(Guid.NewGuid(), bus.Name, ["10.0.0.3"]);
        var trace = ActivityTraceId.CreateRandom();
        var origin = new Delivery("m", "req-3", compute.Queue, $"00-{trace}-{ActivitySpanId.CreateRandom()}-01", null, false);

        await bus.Facts.PublishAsync(fact, bus.Name, fact.InstanceId.ToString(), origin, Cancellation);

        Received[] both = [await compute.NextAsync(), await compute.NextAsync()];
        var published = both.Single(message => message.Exchange.Length > 0);
        var reply = both.Single(message => message.Exchange.Length == 0);
        Assert.Equal((fact.InstanceId.ToString(), bus.Name), (published.Properties.CorrelationId, published.RoutingKey));
        Assert.Equal("req-3", reply.Properties.CorrelationId);
        Assert.All(both, message =>
        {
            Assert.Equal("novanet.instance-network-released", message.Properties.Type);
            Assert.Equal("application/json", message.Properties.ContentType);
            Assert.Equal(DeliveryModes.Persistent, message.Properties.DeliveryMode);
            Assert.True(Guid.TryParse(message.Properties.MessageId, out _));
            Assert.Equal("10.0.0.3", message.Json.GetProperty("addresses")[0].GetString());
            Assert.StartsWith($"00-{trace}-", message.Header("traceparent"));
            Assert.NotEqual(origin.TraceParent, message.Header("traceparent"));
        });
    }

    [Theory]
    [InlineData("no-such-queue")]
    [InlineData("amq.rabbitmq.reply-to")]
    [InlineData("amq.rabbitmq.reply-to.garbage")]
    [InlineData("network.other")]
    [InlineData("TOO LONG")]
    public async Task although_the_reply_address_is_of_no_use(string address)
    {
        await using var bus = await BusUnderTest.StartAsync();
        await using var compute = await ComputeService.ConnectAsync();
        await compute.BindAsync("novanet.instance-network-released", bus.Name);
        var origin = new Delivery(null, null, address == "TOO LONG" ? new string('ä', 200) : address, "nonsense", null, false);

        for (var round = 0; round < 2; round++)
        {
            var fact = new InstanceNetworkReleased(Guid.NewGuid(), bus.Name, []);
            await bus.Facts.PublishAsync(fact, bus.Name, fact.InstanceId.ToString(), origin, Cancellation);
            Assert.Equal(fact.InstanceId, (await compute.NextAsync()).Json.GetProperty("instanceId").GetGuid());
        }
    }

    [Fact]
    public async Task many_at_once_and_again_after_the_connection_was_lost()
    {
        await using var bus = await BusUnderTest.StartAsync();
        await using var compute = await ComputeService.ConnectAsync();
        await compute.BindAsync("novanet.instance-network-released", bus.Name);
        await PublishManyAsync(bus);
        await Eventually.HoldsAsync("all have come", () => compute.Inbox.Count == 500);

        // Who keeps the connection may dispose of it before the client library has closed it: it is lost either way.
        var lost = await bus.Broker.ConnectAsync(Cancellation);
        await Record.ExceptionAsync(() => lost.CloseAsync(cancellationToken: Cancellation));
        Assert.False(lost.IsOpen);
        await PublishManyAsync(bus);

        await Eventually.HoldsAsync("all have come again", () => compute.Inbox.Count == 1000);
    }

    [Fact]
    public async Task the_call_fails_when_the_broker_cannot_be_reached()
    {
        var nowhere = new Broker("amqp://127.0.0.1:1/", "test", new Topology(null), Microsoft.Extensions.Logging.Abstractions.NullLogger<Broker>.Instance);
        await using var facts = new FactPublisher(nowhere, Microsoft.Extensions.Logging.Abstractions.NullLogger<FactPublisher>.Instance);

        await Assert.ThrowsAnyAsync<Exception>(() =>
            facts.PublishAsync(new InstanceNetworkReleased(Guid.NewGuid(), "h", []), "h", "c", null, Cancellation));
        Assert.Contains("cannot be used", nowhere.NotReady);
    }

    private static Task PublishManyAsync(BusUnderTest bus) => Task.WhenAll(Enumerable.Range(0, 500).Select(_ =>
        bus.Facts.PublishAsync(new InstanceNetworkReleased(Guid.NewGuid(), bus.Name, []), bus.Name, "c", null, Cancellation)));
}
