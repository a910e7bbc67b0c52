using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.NetworkWorker.Intake;

/// <summary>What messages are about that must keep their order: an instance, or a floating IP wherever it leads.</summary>
internal readonly record struct Subject(Guid Instance, Ipv4 Floating)
{
    public static Subject Of(Guid instance) => new(instance, default);

    public static Subject Of(Ipv4 floating) => new(default, floating);
}

/// <summary>Keeps the messages of one instance in the order of their arrival; those of other instances do not wait for them.</summary>
internal sealed class InstanceOrder
{
    private readonly Dictionary<Subject, Task> last = [];

    /// <summary>As <see cref="After(IReadOnlyCollection{Subject}, Func{Task})"/>, for one instance.</summary>
    public Task After(Guid instanceId, Func<Task> handle) => After([Subject.Of(instanceId)], handle);

    /// <summary>
    /// Runs <paramref name="handle"/> after everything that was given before for any of these, whether that succeeded or not. All places are taken
    /// at once before this returns, so that two never wait for each other.
    /// </summary>
    public Task After(IReadOnlyCollection<Subject> subjects, Func<Task> handle)
    {
        lock (last)
        {
            var mine = Run(Task.WhenAll(subjects.Select(subject => last.GetValueOrDefault(subject, Task.CompletedTask))), handle);
            foreach (var subject in subjects)
            {
                last[subject] = mine;
            }

            _ = mine.ContinueWith(_ => Forget(subjects, mine), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return mine;
        }
    }

    private static async Task Run(Task before, Func<Task> handle)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        await handle();
    }

    private void Forget(IEnumerable<Subject> subjects, Task done)
    {
        lock (last)
        {
            foreach (var subject in subjects.Where(subject => last.GetValueOrDefault(subject) == done))
            {
                last.Remove(subject);
            }
        }
    }
}
