namespace NovaNetBus.Simulator.Demo;

/// <summary>What the demo made beyond the world, so that a kept one can be taken away.</summary>
/// <param name="Queues">To remove from the broker.</param>
internal sealed record DemoState(DemoDatabase Database, string Broker, IReadOnlyList<string> Queues)
{
    public const string FileName = "demo.json";
}
