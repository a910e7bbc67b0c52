using System.Security.Cryptography;
using System.Text;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Requests;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>errors list, retry and discard: the messages that our programs could not handle.</summary>
internal sealed class ErrorCommands(ErrorQueues queues, FailedMessageLedger ledger, HostRegistry hosts, NovaNetOptions options, TimeProvider clock)
{
    /// <summary>Messages of each queue that one request looks at: who asks waits, and reads.</summary>
    private const ushort Most = 1000;

    private const int LengthOfId = 12;

    /// <summary>The oldest first. All of them stay where they are.</summary>
    public async Task<object?> ListAsync(CancellationToken cancellation)
    {
        await using var alone = await ledger.BeginAsync(cancellation);
        await using var held = await HoldAsync(cancellation);
        return InOrder(held).Select(RowOf).ToArray();
    }

    /// <summary>
    /// Back into the queue where it failed, as its publisher made it. It is taken out of the error queue when the broker has confirmed that, and the log has it: whatever dies in
    /// between, it is handled at least once.
    /// </summary>
    public Task<object?> RetryAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation) => HandleAsync(
        arguments, delivery,
        (held, message) => held.SendBackAsync(message, cancellation),
        (row, at) => new FailedMessageRetried(row.Queue, row.Type, row.MessageId, row.InstanceId, row.Reason, at),
        cancellation);

    /// <summary>Out of the error queue, when the log has it.</summary>
    public Task<object?> DiscardAsync(AdminArguments arguments, Delivery delivery, CancellationToken cancellation) => HandleAsync(
        arguments, delivery,
        (_, _) => Task.CompletedTask,
        (row, at) => new FailedMessageDiscarded(row.Queue, row.Type, row.MessageId, row.InstanceId, row.Reason, at),
        cancellation);

    private async Task<object?> HandleAsync(
        AdminArguments arguments, Delivery delivery, Func<HeldErrors, FailedMessage, Task> handle, Func<ErrorRow, DateTimeOffset, RequestEvent> record, CancellationToken cancellation)
    {
        var id = arguments.Truth("all") is true ? null : arguments.Required("id");
        await using var alone = await ledger.BeginAsync(cancellation);
        await using var held = await HoldAsync(cancellation);
        var chosen = InOrder(held).Where(message => id is null || IdOf(message) == id).ToList();
        if (chosen.Count == 0)
        {
            return id is null ? Array.Empty<ErrorRow>() : throw new RefusedException(ErrorCodes.ErrorNotFound, $"There is no message '{id}' in the error queues; see 'novanet errors list'.");
        }

        await Task.WhenAll(chosen.Select(message => handle(held, message)));
        var rows = chosen.Select(RowOf).ToArray();
        var origin = new Origin(delivery.MessageId, delivery.CorrelationId ?? Guid.NewGuid().ToString(), options.Host, delivery.UserId);
        await alone.RecordAsync([.. rows.Select(row => record(row, clock.GetUtcNow()))], origin, cancellation);
        foreach (var message in chosen)
        {
            await held.RemoveAsync(message, cancellation);
        }

        return rows;
    }

    private async Task<HeldErrors> HoldAsync(CancellationToken cancellation)
    {
        var workers = (await hosts.ListAsync(cancellation)).Select(host => Wire.WorkerQueue(host.Host));
        return await queues.HoldAsync([Wire.SchedulerQueue, Wire.AdminQueue, .. workers], Most, cancellation);
    }

    /// <summary>As they failed: what is said of one instance is so in its order again.</summary>
    private static IEnumerable<FailedMessage> InOrder(HeldErrors held) => held.Messages.OrderBy(message => message.FailedAt ?? DateTimeOffset.MinValue);

    private static ErrorRow RowOf(FailedMessage message) => new(
        IdOf(message), Wire.ErrorQueue(message.Queue), message.Type, message.MessageId, PlainJson.InstanceIdOf(message.Body.Span), HostOf(message), message.FailedAt, message.Code,
        message.Reason, message.UserId);

    private static string? HostOf(FailedMessage message) =>
        message.Queue.StartsWith(Wire.WorkerQueue(""), StringComparison.Ordinal) ? message.Queue[Wire.WorkerQueue("").Length..] : PlainJson.TextOf(message.Body.Span, "host");

    /// <summary>Of all that tells one failure from another, since a publisher need not set a message id. A copy that a crash left behind has its original's.</summary>
    private static string IdOf(FailedMessage message)
    {
        var head = Encoding.UTF8.GetBytes($"{message.Queue}\n{message.FailedAt:O}\n{message.MessageId}\n");
        return Convert.ToHexStringLower(SHA256.HashData([.. head, .. message.Body.Span]))[..LengthOfId];
    }
}
