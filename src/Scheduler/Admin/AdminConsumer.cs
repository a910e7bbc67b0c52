using MassTransit;
using Microsoft.Extensions.Logging;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Requests;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>Takes the operator's requests and answers them. A request is never kept for later: who asked has given up by then.</summary>
internal sealed class AdminConsumer(
    AdminDesk desk, RefusalLedger refusals, FactPublisher facts, Outage outage, NovaNetOptions options, TimeProvider clock, ILogger<AdminConsumer> log) : IConsumer<AdminRequest>
{
    /// <summary>How long who asks is taken to wait when the message does not say.</summary>
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(10);

    /// <summary>What an answer takes on its way, at the least.</summary>
    private const double ShareOfTheWait = 0.8;

    public async Task Consume(ConsumeContext<AdminRequest> context)
    {
        var (delivery, seed) = (Delivery.Of(context), Guid.NewGuid());
        using var scope = LogScope.Of(delivery.MessageId, null, null);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var patience = (delivery.Patience ?? UsualWait) * ShareOfTheWait;
        bound.CancelAfter(patience);
        try
        {
            var reply = await outage.WaitOutAsync("An operator's request", token => AnswerAsync(context.Message, seed, delivery, token), bound.Token);
            log.LogInformation("{Command}: {Outcome}", context.Message.Command, reply.Code ?? "done");
            await facts.ReplyAsync(reply, delivery, context.CancellationToken);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            log.LogError("{Command} could not be answered within {Seconds} s; the operator has to ask again", context.Message.Command, patience.TotalSeconds);
        }
    }

    /// <summary>What is refused is in the log, but for a question that has no answer.</summary>
    private async Task<AdminReply> AnswerAsync(AdminRequest request, Guid seed, Delivery delivery, CancellationToken cancellation)
    {
        var reply = await desk.AnswerAsync(request, seed, delivery, cancellation);
        if (reply.Code is { } code && request.Command.Split(' ')[^1] is not ("list" or "show" or "pools" or "render" or "history" or "owner"))
        {
            var refused = new RequestRefused(request.Command, null, code, reply.Message ?? "", clock.GetUtcNow());
            await refusals.RecordAsync(refused, new Origin(delivery.MessageId, delivery.CorrelationId ?? seed.ToString(), options.Host, delivery.UserId), cancellation);
        }

        return reply;
    }
}
