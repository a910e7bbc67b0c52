namespace NovaNetBus.Ledger;

/// <summary>Where a decision comes from; kept with each of its events.</summary>
/// <param name="MessageId">Of the message that caused it (causation); null: none.</param>
/// <param name="CorrelationId">The instance's id, or the request's.</param>
/// <param name="Host">Where it was decided.</param>
/// <param name="Requester">Who asked; null: not known.</param>
public sealed record Origin(string? MessageId, string CorrelationId, string Host, string? Requester)
{
    /// <summary>What the host did before this could be said, as sentences; kept with the event of the instance that says it.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>Who waits for the fact that this leads to; kept where other hosts must follow first, for whoever follows last. Null: nobody.</summary>
    public Asker? Asker { get; init; }
}

/// <summary>Who waits for a fact, in AMQP's words.</summary>
/// <param name="ReplyTo">Its queue.</param>
/// <param name="CorrelationId">By which it knows the answer; null: by nothing.</param>
public sealed record Asker(string ReplyTo, string? CorrelationId);
