using MassTransit;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;

namespace NovaNetBus.NetworkWorker.Intake;

/// <summary>Takes what is about instances that move.</summary>
internal sealed class MoveConsumers(MovePipeline pipeline, HandOver handOver, QueueSender sender, Outage outage) : IConsumer<InstanceMigrating>, IConsumer<InstanceMigrated>
{
    public Task Consume(ConsumeContext<InstanceMigrating> context)
    {
        var message = context.Message;
        Translation.HostName(message.DestinationHost, "destinationHost");
        return handOver.RunAsync(
            context, message.InstanceId, [Subject.Of(Translation.InstanceOf(message.InstanceId))],
            (delivery, token) => pipeline.LeaveAsync(pipeline.CommandOf(message.InstanceId, message.DestinationHost), delivery, token));
    }

    public async Task Consume(ConsumeContext<InstanceMigrated> context)
    {
        var message = context.Message;
        Translation.HostName(message.DestinationHost, "destinationHost");
        string? next = null;
        await handOver.RunAsync(
            context, message.InstanceId, [Subject.Of(Translation.InstanceOf(message.InstanceId))],
            async (delivery, token) => next = await pipeline.ArriveAsync(pipeline.CommandOf(message.InstanceId, message.DestinationHost), delivery, token));
        if (next is { } host)
        {
            await outage.WaitOutAsync(
                "Sending on", token => sender.SendToWorkerAsync(context, host, Wire.ExchangeOf(typeof(InstanceMigrated)), token), context.CancellationToken);
        }
    }
}
