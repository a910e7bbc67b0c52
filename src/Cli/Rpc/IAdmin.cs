using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Rpc;

/// <summary>Whoever answers the operator: the scheduler, by the broker.</summary>
internal interface IAdmin
{
    /// <summary>Asks and waits for the answer. Throws <see cref="NoConnectionException"/> when none can be had within <paramref name="timeout"/>.</summary>
    Task<AdminReply> Ask(AdminRequest request, TimeSpan timeout, CancellationToken stop);
}

/// <summary>No answer could be had. The message says why, in words for an operator, and holds no password.</summary>
internal sealed class NoConnectionException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The domain's refusal.</summary>
/// <param name="code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="message">A sentence that says what to do; null: none was sent.</param>
internal sealed class RefusedException(string code, string? message) : Exception(message ?? "refused without a word")
{
    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    public string Code => code;
}
