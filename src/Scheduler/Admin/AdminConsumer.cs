using MassTransit;
using Microsoft.Extensions.Logging;
using NovaNetBus.Contracts;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>Takes the operator's requests and answers them. A request is never kept for later: who asked has given up by then.</summary>
internal sealed class AdminConsumer(AdminDesk desk, FactPublisher facts, Outage outage, ILogger<AdminConsumer> log) : IConsumer<AdminRequest>
{
    /// <summary>Shorter than the operator's tool waits by default (10 s).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public async Task Consume(ConsumeContext<AdminRequest> context)
    {
        var (delivery, seed) = (Delivery.Of(context), Guid.NewGuid());
        using var scope = LogScope.Of(delivery.MessageId, null, null);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        bound.CancelAfter(Patience);
        try
        {
            var reply = await outage.WaitOutAsync("An operator's request", token => desk.AnswerAsync(context.Message, seed, delivery, token), bound.Token);
            log.LogInformation("{Command}: {Outcome}", context.Message.Command, reply.Code ?? "done");
            await facts.ReplyAsync(reply, delivery, bound.Token);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            log.LogError("{Command} could not be answered within {Seconds} s, since the store is away; the operator has to ask again", context.Message.Command, Patience.TotalSeconds);
        }
    }
}
