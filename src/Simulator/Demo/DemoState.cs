using System.Text.Json.Serialization;
using NovaNetBus.Simulator.Worlds;

namespace NovaNetBus.Simulator.Demo;

/// <summary>What the demo made beyond the world, so that a kept one can be taken away.</summary>
internal sealed record DemoState(IReadOnlyList<Region> Regions)
{
    public const string FileName = "demo.json";
}

/// <summary>An installation of its own: a broker's virtual host, a database, a scheduler, and the workers of its hosts.</summary>
/// <param name="Queues">To remove from the broker.</param>
/// <param name="Hosts">Those that have a worker.</param>
/// <param name="SchedulerAt">The host that the scheduler runs on; null: beside the broker.</param>
internal sealed record Region(DemoDatabase Database, string Broker, IReadOnlyList<string> Queues, IReadOnlyList<string> Hosts, string? SchedulerAt)
{
    /// <summary>By which programs find broker and database.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string?> Environment => new Connections(Broker, Database.Connection).AsEnvironment();
}
