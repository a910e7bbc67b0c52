using System.Text;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Messaging;
using Xunit;

namespace NovaNetBus.Integration.Tests.Messaging;

public sealed class What_is_sent_on_stays_as_it_was
{
    [Fact]
    public async Task content_and_properties_are_kept_and_the_type_is_set()
    {
        await using var target = await BusUnderTest.StartAsync();
        await using var compute = await ComputeService.ConnectAsync();
        using var relay = Relay(out var queue, target.Queue);
        await relay.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("the relay listens", async () => await target.Sender.StateAsync(queue, default) is { Consumers: 1 });
        var id = Guid.NewGuid();
        var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        await compute.PublishAsync("", queue, Plain_json_reaches_the_worker.SpawningJson(id, target.Name), properties =>
        {
            (properties.Type, properties.ReplyTo, properties.CorrelationId, properties.MessageId) = ("novanet.instance-spawning", compute.Queue, "req-9", "m-9");
            properties.Headers = new Dictionary<string, object?> { ["traceparent"] = Encoding.UTF8.GetBytes(trace) };
        });

        await Eventually.HoldsAsync("it is taken by the target", () => target.Taken.Messages.Count == 1);
        var taken = target.Taken.Messages.Single();
        Assert.Equal(id, ((InstanceSpawning)taken.Message).InstanceId);
        Assert.Equal(new Delivery("m-9", "req-9", compute.Queue, trace, null, false), taken.Delivery);
        await relay.StopAsync(TestContext.Current.CancellationToken);
        await using var channel = await target.Broker.ChannelAsync(null, TestContext.Current.CancellationToken);
        await channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false, cancellationToken: TestContext.Current.CancellationToken);
        await channel.ExchangeDeleteAsync(queue, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static IHost Relay(out string queue, string target)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        queue = "test-relay-" + Guid.NewGuid().ToString("N")[..12];
        builder.Services.AddSingleton(new RelayTarget(target));
        builder.Services.AddNovaNetBus(Services.RabbitMq, "test relay", new Topology(null), new QueueEndpoint(queue, 8, false, [typeof(RelayConsumer)]));
        return builder.Build();
    }
}

internal sealed record RelayTarget(string Queue);

internal sealed class RelayConsumer(QueueSender sender, RelayTarget target) : IConsumer<InstanceSpawning>
{
    public Task Consume(ConsumeContext<InstanceSpawning> context) =>
        sender.SendOnAsync(context, target.Queue, "novanet.instance-spawning", context.CancellationToken);
}
