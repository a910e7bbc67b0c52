using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Messaging;

namespace NovaNetBus.Integration.Tests.Messaging;

/// <summary>A worker's bus on a host name of its own, with consumers that write down what they were given.</summary>
internal sealed class BusUnderTest : IAsyncDisposable
{
    private readonly IHost _host;

    private BusUnderTest(string name, IHost host) => (Name, _host) = (name, host);

    /// <summary>The host name; unique.</summary>
    public string Name { get; }

    public string Queue => Wire.WorkerQueue(Name);

    public Taken Taken => _host.Services.GetRequiredService<Taken>();

    public FactPublisher Facts => _host.Services.GetRequiredService<FactPublisher>();

    public QueueSender Sender => _host.Services.GetRequiredService<QueueSender>();

    public ErrorQueues Errors => _host.Services.GetRequiredService<ErrorQueues>();

    public Broker Broker => _host.Services.GetRequiredService<Broker>();

    public static async Task<BusUnderTest> StartAsync(Taken? taken = null)
    {
        var name = "test-" + Guid.NewGuid().ToString("N")[..12];
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(taken ?? new Taken());
        builder.Services.AddNovaNetBus(
            Services.RabbitMq, "test " + name, new Topology(name),
            new QueueEndpoint(Wire.WorkerQueue(name), 64, true, [typeof(SpawningTaker), typeof(DeletedTaker)]));
        var host = builder.Build();
        await host.StartAsync();
        var bus = new BusUnderTest(name, host);
        await Eventually.HoldsAsync("the worker's queue has a consumer", async () =>
            bus.Broker.NotReady is null && await bus.Sender.StateAsync(bus.Queue, default) is { Consumers: > 0 });
        return bus;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await using (var channel = await Broker.ChannelAsync(null, default))
        {
            foreach (var queue in new[] { Queue, Wire.ErrorQueue(Queue), Queue + "_skipped" })
            {
                await channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false);
                await channel.ExchangeDeleteAsync(queue);
            }
        }

        _host.Dispose();
    }
}

/// <summary>What the consumers were given, and what they do with it.</summary>
internal sealed class Taken
{
    public ConcurrentQueue<(object Message, Delivery Delivery)> Messages { get; } = [];

    /// <summary>Runs in each consumer before its turn.</summary>
    public Func<object, Task> Before { get; init; } = _ => Task.CompletedTask;

    /// <summary>Runs in each consumer after its turn.</summary>
    public Func<object, Task> After { get; init; } = _ => Task.CompletedTask;

    public async Task TakeAsync<T>(ConsumeContext<T> context)
        where T : class
    {
        await Before(context.Message);
        using (await DeliveryOrder.TurnAsync(context))
        {
            Messages.Enqueue((context.Message, Delivery.Of(context)));
        }

        await After(context.Message);
    }
}

internal sealed class SpawningTaker(Taken taken) : IConsumer<InstanceSpawning>
{
    public Task Consume(ConsumeContext<InstanceSpawning> context) => taken.TakeAsync(context);
}

internal sealed class DeletedTaker(Taken taken) : IConsumer<InstanceDeleted>
{
    public Task Consume(ConsumeContext<InstanceDeleted> context) => taken.TakeAsync(context);
}
