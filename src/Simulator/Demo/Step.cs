namespace NovaNetBus.Simulator.Demo;

/// <summary>A step that was taken.</summary>
/// <param name="Name">What it shows, in words.</param>
/// <param name="Passed">Whether it held.</param>
/// <param name="Proof">What was seen.</param>
/// <param name="Milliseconds">How long it took.</param>
internal sealed record Step(string Name, bool Passed, string Proof, long Milliseconds);

/// <summary>What a step saw.</summary>
internal sealed record Proof(bool Holds, string Evidence);

/// <summary>What <c>--json</c> writes.</summary>
internal sealed record DemoReport(bool Passed, IReadOnlyList<Step> Steps);
