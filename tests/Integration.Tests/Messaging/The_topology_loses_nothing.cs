using NovaNetBus.Contracts;
using Xunit;

namespace NovaNetBus.Integration.Tests.Messaging;

public sealed class The_topology_loses_nothing
{
    [Fact]
    public async Task what_no_worker_takes_comes_by_the_alternate_exchange_and_still_tells_its_own()
    {
        await using var bus = await BusUnderTest.StartAsync();
        await using var compute = await ComputeService.ConnectAsync();
        await compute.BindAsync(Wire.UnroutedExchange, "");
        var nobody = "test-nobody-" + Guid.NewGuid().ToString("N")[..8];

        await compute.PublishAsync("novanet.instance-spawning", nobody, Plain_json_reaches_the_worker.SpawningJson(Guid.NewGuid(), nobody));

        var unrouted = await compute.NextAsync();
        Assert.Equal(("novanet.instance-spawning", nobody), (unrouted.Exchange, unrouted.RoutingKey));
        Assert.Empty(bus.Taken.Messages);
    }

    [Fact]
    public async Task declaring_again_changes_nothing()
    {
        await using var bus = await BusUnderTest.StartAsync();
        await using var channel = await bus.Broker.ChannelAsync(null, TestContext.Current.CancellationToken);

        await new NovaNetBus.Hosting.Messaging.Topology(bus.Name).DeclareAsync(channel, TestContext.Current.CancellationToken);

        Assert.True(channel.IsOpen);
    }
}
