using NovaNetBus.Domain.HostPlan;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>A step that was not done.</summary>
/// <param name="Action">Which.</param>
/// <param name="Code">One of the fixed error codes.</param>
/// <param name="Reason">In the words of who refused it.</param>
internal sealed record HostFailure(HostAction Action, string Code, string Reason);

/// <summary>Some steps were not done; the message names the first with its reason.</summary>
internal sealed class HostApplyException(IReadOnlyList<HostFailure> failures) : Exception(Describe(failures))
{
    public IReadOnlyList<HostFailure> Failures { get; } = failures;

    /// <summary>Of the first failure.</summary>
    public string Code => Failures[0].Code;

    private static string Describe(IReadOnlyList<HostFailure> failures) =>
        $"Not done: {failures[0].Action} {failures[0].Reason}" + (failures.Count > 1 ? $" (and {failures.Count - 1} more steps)" : "");
}

/// <summary>The host is such that a step must not be done.</summary>
internal sealed class HostRefusalException(string code, string reason) : Exception(reason)
{
    public string Code { get; } = code;
}
