using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Hosting;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;
using NovaNetBus.Scheduler.Routing;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>host forget.</summary>
internal sealed class HostCommands(HostRetirement retirement, WorkerQueues queues, NovaNetOptions options, TimeProvider clock)
{
    /// <summary>
    /// The instances that ended by it. Its queue goes too: what waits in it, and what is published for the host later, is answered by the scheduler.
    /// </summary>
    public async Task<object?> ForgetAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation)
    {
        var (host, now) = (arguments.Required("host"), clock.GetUtcNow());
        if (await queues.IsConsumedAsync(host, cancellation))
        {
            throw new RefusedException(ErrorCodes.HostIsAlive, $"A worker takes from the queue of {host}; stop it first, and forget the host only when it is gone for good.");
        }

        var ended = await retirement.ForgetAsync(host, now - WorkerWatch.LongestSilence, now, OriginOf(delivery), cancellation) switch
        {
            Decision<InstanceNetwork>.Accepted accepted => accepted.Events,
            Decision<InstanceNetwork>.Refused refused => throw new RefusedException(refused.Refusal.Code, refused.Refusal.Message),
            _ => throw new InvalidOperationException("a decision is accepted or refused"),
        };
        await queues.RetireAsync(host, cancellation);
        return ended.Select(instance => Facts.Released(instance, host)).ToArray();
    }

    private Origin OriginOf(Delivery delivery) => new(delivery.MessageId, delivery.CorrelationId ?? Guid.NewGuid().ToString(), options.Host, delivery.UserId);
}
