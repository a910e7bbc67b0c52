namespace NovaNetBus.NetworkWorker.Intake;

/// <summary>Keeps the messages of one instance in the order of their arrival; those of other instances do not wait for them.</summary>
internal sealed class InstanceOrder
{
    private readonly Dictionary<Guid, Task> last = [];

    /// <summary>
    /// Runs <paramref name="handle"/> after everything that was given before for this instance, whether that succeeded or not. The place
    /// is taken before this returns.
    /// </summary>
    public Task After(Guid instanceId, Func<Task> handle)
    {
        lock (last)
        {
            var before = last.GetValueOrDefault(instanceId, Task.CompletedTask);
            var mine = Run(before, handle);
            last[instanceId] = mine;
            _ = mine.ContinueWith(_ => Forget(instanceId, mine), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return mine;
        }
    }

    private static async Task Run(Task before, Func<Task> handle)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        await handle();
    }

    private void Forget(Guid instanceId, Task done)
    {
        lock (last)
        {
            if (last.GetValueOrDefault(instanceId) == done)
            {
                last.Remove(instanceId);
            }
        }
    }
}
