using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NovaNetBus.Hosting.Telemetry;
using RabbitMQ.Client;

namespace NovaNetBus.Hosting.Messaging;

/// <summary>One queue that this process consumes.</summary>
/// <param name="Prefetch">Messages in hand at once, which is also how many consumers run at once.</param>
/// <param name="SingleActiveConsumer">Only one process at a time is served (the queue's order is kept).</param>
/// <param name="Consumers">Classes that implement <see cref="IConsumer{T}"/>; one per message type. Other types on the queue go to its error queue.</param>
public sealed record QueueEndpoint(string Queue, ushort Prefetch, bool SingleActiveConsumer, IReadOnlyList<Type> Consumers);

/// <summary>Wires broker connection, topology, facts and consumers.</summary>
public static class BusSetup
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Adds <see cref="Broker"/>, <see cref="FactPublisher"/>, <see cref="QueueSender"/>, <see cref="ErrorQueues"/> and MassTransit with these endpoints. The process starts without the broker, is
    /// not ready until it answers, and goes on trying. What a consumer throws moves its message to the error queue with the reason; nothing is retried but
    /// on <see cref="OperationCanceledException"/>, after which the broker delivers again.
    /// </summary>
    public static IServiceCollection AddNovaNetBus(
        this IServiceCollection services, string brokerUri, string clientName, Topology topology, params IReadOnlyList<QueueEndpoint> endpoints)
    {
        BusMetrics.Begin();
        services.AddSingleton(provider => new Broker(brokerUri, clientName, topology, provider.GetRequiredService<ILogger<Broker>>()));
        services.AddSingleton<FactPublisher>();
        services.AddSingleton<QueueSender>();
        services.AddSingleton<ErrorQueues>();
        services.AddHostedService<BrokerKeeper>();
        services.AddHealthChecks().AddCheck<BrokerHealth>("broker");
        if (endpoints.Count == 0)
        {
            return services;
        }

        services.AddHostedService(provider => new QueueDepths(
            provider.GetRequiredService<QueueSender>(), [.. endpoints.Select(endpoint => endpoint.Queue)], provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddOptions<MassTransitHostOptions>().Configure(host => (host.StopTimeout, host.ConsumerStopTimeout) = (StopTimeout, StopTimeout / 2));
        return services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            foreach (var consumer in endpoints.SelectMany(endpoint => endpoint.Consumers))
            {
                bus.AddConsumer(consumer);
            }

            bus.UsingRabbitMq((context, rabbit) =>
            {
                ConfigureHost(rabbit, brokerUri, clientName);
                foreach (var endpoint in endpoints)
                {
                    rabbit.ReceiveEndpoint(endpoint.Queue, receiver => ConfigureEndpoint(receiver, endpoint, context));
                }
            });
        });
    }

    private static void ConfigureHost(IRabbitMqBusFactoryConfigurator rabbit, string brokerUri, string clientName)
    {
        var broker = new ConnectionFactory { Uri = new Uri(brokerUri) };
        rabbit.Host(broker.HostName, (ushort)broker.Endpoint.Port, broker.VirtualHost, clientName, host =>
        {
            host.Username(broker.UserName);
            host.Password(broker.Password);
            host.Heartbeat(TimeSpan.FromSeconds(10));
            if (broker.Ssl.Enabled)
            {
                host.UseSsl(ssl => ssl.ServerName = broker.HostName);
            }
        });
    }

    private static void ConfigureEndpoint(IRabbitMqReceiveEndpointConfigurator receiver, QueueEndpoint endpoint, IBusRegistrationContext context)
    {
        receiver.ConfigureConsumeTopology = false;
        receiver.PublishFaults = false;
        receiver.PrefetchCount = endpoint.Prefetch;
        receiver.ConcurrentMessageLimit = endpoint.Prefetch;
        foreach (var (name, value) in Topology.QueueArguments(endpoint.SingleActiveConsumer))
        {
            receiver.SetQueueArgument(name, value!);
        }

        var order = new DeliveryOrder();
        receiver.ConnectReceiveEndpointObserver(order);
        receiver.ConfigureReceive(pipe =>
        {
            pipe.UseFilter(order);
            pipe.UseFilter(new MessageClock(endpoint.Queue));
        });
        receiver.ClearSerialization();
        var json = new PlainJsonSerializer(new MessageTypes(endpoint.Queue, endpoint.Consumers));
        receiver.AddDeserializer(json, isDefault: true);
        receiver.AddSerializer(json);
        var refusals = new Refusals(endpoint.Queue, context.GetRequiredService<FactPublisher>(), context.GetRequiredService<ILogger<Refusals>>());
        receiver.ConfigureError(pipe =>
        {
            pipe.UseFilter(new GenerateFaultFilter());
            pipe.UseFilter(refusals);
            pipe.UseFilter(new MovesToErrorQueue(endpoint.Queue, context.GetRequiredService<Broker>(), context.GetRequiredService<ErrorQueues>()));
        });
        foreach (var consumer in endpoint.Consumers)
        {
            receiver.ConfigureConsumer(context, consumer);
        }
    }
}
