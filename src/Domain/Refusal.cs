namespace NovaNetBus.Domain;

/// <summary>A "no" that is a value: exceptions are for bugs and outages.</summary>
/// <param name="Code">nova's exception name in kebab-case; one of the fixed codes of the contracts.</param>
/// <param name="Message">A sentence that says what to do.</param>
/// <param name="Retryable">True when the same request may succeed later without a change of it.</param>
public sealed record Refusal(string Code, string Message, bool Retryable = false);

/// <summary>What a decision comes to: facts, or a refusal.</summary>
public abstract record Decision<TEvent>
{
    private Decision()
    {
    }

    /// <summary>It is so. No events: it was so already.</summary>
    public sealed record Accepted(ValueList<TEvent> Events) : Decision<TEvent>;

    /// <summary>It is not done, and nothing has changed.</summary>
    public sealed record Refused(Refusal Refusal) : Decision<TEvent>;

    /// <summary>It is so, by these facts.</summary>
    public static implicit operator Decision<TEvent>(ValueList<TEvent> events) => new Accepted(events);

    /// <summary>It is refused.</summary>
    public static implicit operator Decision<TEvent>(Refusal refusal) => new Refused(refusal);
}
