using NovaNetBus.Domain.Addressing;
using NovaNetBus.Hosting.Messaging;
using NovaNetBus.Ledger;

namespace NovaNetBus.NetworkWorker;

/// <summary>What goes along with a message on its way.</summary>
internal sealed record Way(Guid InstanceId, Delivery Delivery, Origin Origin, CancellationToken Cancellation)
{
    /// <summary>Of an instance that no worker looks after: what was asked for came here, and this worker has the others follow.</summary>
    public bool Leads { get; init; } = true;

    /// <summary>That the host is configured is what was asked for.</summary>
    public bool AnswersConfigured { get; init; } = true;

    /// <summary>False where that is told from the log.</summary>
    public bool TellsConfigured { get; init; } = true;

    /// <summary>That this floating IP is let go of is what was asked for.</summary>
    public Ipv4? AnswersFloating { get; init; }

    /// <summary>For what nobody has asked for.</summary>
    public Delivery Unanswered => Delivery with { ReplyTo = null };

    /// <summary>When this host has followed: with what it did, and with whom to answer, should another host follow last that was never told.</summary>
    public Origin After(IReadOnlyList<string> actions) => Origin with
    {
        Actions = actions,
        Asker = AnswersConfigured && Delivery.ReplyTo is { } queue ? new Asker(queue, Delivery.CorrelationId) : null,
    };
}
