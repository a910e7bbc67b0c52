namespace NovaNetBus.Domain.Retention;

/// <summary>What can become of the log itself.</summary>
/// <param name="At">UTC.</param>
public abstract record RetentionEvent(DateTimeOffset At);

/// <summary>From now on the log need not tell what was so before a moment: the streams of instances that were gone by then, and of requests that ended before, are taken out of it.</summary>
/// <param name="Before">UTC.</param>
/// <param name="At">UTC.</param>
public sealed record LogTrimmed(DateTimeOffset Before, DateTimeOffset At) : RetentionEvent(At);
