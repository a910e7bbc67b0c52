namespace NovaNetBus.Domain.Requests;

/// <summary>What can become of a request that leaves nothing else behind.</summary>
/// <param name="At">UTC.</param>
public abstract record RequestEvent(DateTimeOffset At);

/// <summary>It was refused; nothing has changed.</summary>
/// <param name="Request">An operator's command, or the message's exchange; null: not known any more.</param>
/// <param name="InstanceId">Whom it was about; null: no instance.</param>
/// <param name="Code">One of the fixed codes of the contracts.</param>
/// <param name="Message">What the asker was told.</param>
/// <param name="At">UTC.</param>
public sealed record RequestRefused(string? Request, Guid? InstanceId, string Code, string Message, DateTimeOffset At) : RequestEvent(At);

/// <summary>An operator has had a message that could not be handled put back into the queue where it failed.</summary>
/// <param name="Queue">The error queue.</param>
/// <param name="Type">The message's exchange; null: it had none.</param>
/// <param name="MessageId">As its publisher set it; null: not set.</param>
/// <param name="InstanceId">Whom it was about; null: no instance, or not to be read.</param>
/// <param name="Reason">Why it had failed.</param>
/// <param name="At">UTC.</param>
public sealed record FailedMessageRetried(string Queue, string? Type, string? MessageId, Guid? InstanceId, string Reason, DateTimeOffset At) : RequestEvent(At);

/// <summary>An operator has had a message that could not be handled thrown away.</summary>
/// <param name="Queue">The error queue.</param>
/// <param name="Type">The message's exchange; null: it had none.</param>
/// <param name="MessageId">As its publisher set it; null: not set.</param>
/// <param name="InstanceId">Whom it was about; null: no instance, or not to be read.</param>
/// <param name="Reason">Why it had failed.</param>
/// <param name="At">UTC.</param>
public sealed record FailedMessageDiscarded(string Queue, string? Type, string? MessageId, Guid? InstanceId, string Reason, DateTimeOffset At) : RequestEvent(At);
