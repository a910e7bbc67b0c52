using NovaNetBus.Contracts;
using NovaNetBus.Simulator.Load;

namespace NovaNetBus.Simulator.Demo;

/// <summary>The demo's own figure: published to configured, one instance at a time, on the real host.</summary>
internal sealed class SpeedSteps(Stage stage)
{
    private const int WarmUp = 10;
    private const int Count = 40;

    public async Task<Proof> PublishedToConfiguredAsync(CancellationToken ct)
    {
        var timings = new Timings();
        for (var i = 0; i < WarmUp + Count; i++)
        {
            var spawning = new InstanceSpawning(Guid.NewGuid(), "red", "host-a", $"speed-{i}");
            var start = TimeProvider.System.GetTimestamp();
            await stage.Compute.SpawnAsync(spawning, Stage.Bound, ct);
            if (i >= WarmUp)
            {
                timings.Add(TimeProvider.System.GetElapsedTime(start));
            }

            await stage.Compute.DeleteAsync(new InstanceDeleted(spawning.InstanceId, spawning.Host), Stage.Bound, ct);
        }

        // A figure is told, not judged: how fast a machine is today says nothing about whether the software works.
        return new Proof(
            timings.Count == Count,
            $"p50 {timings.Percentile(50):0.0} ms, p99 {timings.Percentile(99):0.0} ms of {Count}, broker and database with fsync");
    }
}
