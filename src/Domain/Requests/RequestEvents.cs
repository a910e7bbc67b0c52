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
