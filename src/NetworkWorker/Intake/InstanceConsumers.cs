using MassTransit;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;

namespace NovaNetBus.NetworkWorker.Intake;

/// <summary>Takes what the broker delivers to this host's queue: translate, hand over in the broker's order, wait for the end. No decision is made here.</summary>
internal sealed class InstanceConsumers(NovaNetOptions options, InstancePipeline pipeline, HandOver handOver, Heartbeat heartbeat, TimeProvider clock)
    : IConsumer<InstanceSpawning>, IConsumer<InstanceDeleted>, IConsumer<FixedIpAdd>, IConsumer<FixedIpRemove>,
        IConsumer<InstanceNetworkChanged>, IConsumer<NetworkDutiesChanged>
{
    private readonly NetworkPolicy policy = new(options.NetworkManager, options.QuotaFixedIps);

    public Task Consume(ConsumeContext<InstanceSpawning> context)
    {
        var command = Translation.ToCommand(context.Message, Delivery.IsSentOn(context) ? null : options.Host, Guid.NewGuid(), clock.GetUtcNow()) with
        {
            Policy = policy,
            FloatingPool = options.AutoAssignFloatingIp ? options.DefaultFloatingPool : null,
        };
        return HandOverAsync(context, command.InstanceId, (delivery, token) => pipeline.SpawnAsync(command, delivery, token));
    }

    public Task Consume(ConsumeContext<InstanceDeleted> context) => HandOverAsync(
        context, context.Message.InstanceId, (delivery, token) => pipeline.DeleteAsync(context.Message.InstanceId, delivery, token));

    public Task Consume(ConsumeContext<FixedIpAdd> context)
    {
        var command = Translation.ToCommand(context.Message, options.Host, Delivery.Of(context).MessageId, Guid.NewGuid(), clock.GetUtcNow()) with { Policy = policy };
        return HandOverAsync(context, command.InstanceId, (delivery, token) => pipeline.AddFixedIpAsync(command, delivery, token));
    }

    public Task Consume(ConsumeContext<FixedIpRemove> context)
    {
        var command = Translation.ToCommand(context.Message, options.Host, Delivery.Of(context).MessageId, clock.GetUtcNow());
        return HandOverAsync(context, command.InstanceId, (delivery, token) => pipeline.RemoveFixedIpAsync(command, delivery, token));
    }

    public Task Consume(ConsumeContext<InstanceNetworkChanged> context) => HandOverAsync(
        context, context.Message.InstanceId, (delivery, token) => pipeline.FollowAsync(context.Message.InstanceId, delivery, token));

    public Task Consume(ConsumeContext<NetworkDutiesChanged> context)
    {
        heartbeat.Hurry();
        return Task.CompletedTask;
    }

    private Task HandOverAsync(ConsumeContext context, Guid instanceId, Func<Delivery, CancellationToken, Task> handle) =>
        handOver.RunAsync(context, instanceId, [Subject.Of(Translation.InstanceOf(instanceId))], handle);
}
