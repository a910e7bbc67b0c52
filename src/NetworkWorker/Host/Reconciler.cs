using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>Reads all that this host must serve, complete and of one moment.</summary>
internal delegate Task<HostView> ViewReader(CancellationToken cancellation);

/// <summary>
/// The one that changes the host: first a full reconcile, then changes as they come, in natural batches, and a full reconcile again on a
/// timer and after each failure. Nothing here decides; it plans from what the ledger says.
/// </summary>
internal sealed partial class Reconciler(string hostName, IHost host, ViewReader readView, TimeProvider clock, ILogger<Reconciler> log)
    : BackgroundService
{
    private const int LargestBatch = 128;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60), RetryInterval = TimeSpan.FromSeconds(1);

    private readonly Channel<Pending> queue = Channel.CreateBounded<Pending>(1024);
    private HostState known = HostState.Empty;
    private bool isRead;

    /// <summary>Null once the host was brought into its planned state and is believed to be in it; else what stands against it.</summary>
    public string? NotReady { get; private set; } = "the first reconcile has not ended";

    /// <summary>How many differences the last full reconcile found that nobody had asked for.</summary>
    public int Drift { get; private set; }

    /// <summary>The host has just changed, as far as it could, for the sake of this instance.</summary>
    public event Action<Guid>? Changed;

    /// <summary>How many ports of instances the host has.</summary>
    public int Ports => known.Resources.Count(resource => resource is FirewallElement { Set: FirewallSet.VmPorts });

    /// <summary>Completes when the change is on the host; <see cref="HostApplyException"/> when it cannot be.</summary>
    public async Task ApplyAsync(HostChange change, CancellationToken cancellation)
    {
        var pending = new Pending(change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await queue.Writer.WriteAsync(pending, cancellation);
        await pending.Done.Task;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var next = clock.GetUtcNow();
        var first = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (NotReady is not null || clock.GetUtcNow() >= next)
            {
                await ReconcileAsync(first, stoppingToken);
                first = false;
                next = clock.GetUtcNow() + (NotReady is null ? Interval : RetryInterval);
            }

            await (isRead ? ApplyWaitingAsync(next, stoppingToken) : PauseAsync(stoppingToken));
        }
    }

    /// <summary>A change to a host that was never read would be made as if nothing were there, and take away what others need.</summary>
    private Task PauseAsync(CancellationToken stopping) =>
        Task.Delay(RetryInterval, clock, stopping).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>Applies what is waiting, or waits for it, until the next full reconcile is due.</summary>
    private async Task ApplyWaitingAsync(DateTimeOffset until, CancellationToken stopping)
    {
        using var due = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        due.CancelAfter(Max(until - clock.GetUtcNow(), TimeSpan.FromMilliseconds(1)));
        try
        {
            while (await queue.Reader.WaitToReadAsync(due.Token))
            {
                ApplyBatch(Gather());
                if (NotReady is not null)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (due.IsCancellationRequested)
        {
            // the next reconcile is due, or the worker stops
        }
    }

    private List<Pending> Gather()
    {
        var batch = new List<Pending>();
        while (batch.Count < LargestBatch && queue.Reader.TryRead(out var pending))
        {
            batch.Add(pending);
        }

        return batch;
    }

    private void ApplyBatch(List<Pending> batch)
    {
        try
        {
            var changes = batch.ConvertAll(pending => pending.Change);
            Apply(HostChange.Steps(changes, known), step => changes.Find(change => change.Explains(step))?.Cause);
            batch.ForEach(pending => Changed?.Invoke(pending.Change.Cause.InstanceId));
            batch.ForEach(pending => pending.Done.SetResult());
        }
        catch (Exception) when (batch.Count > 1)
        {
            // one of them may be at fault: the others shall not pay for it, and each must hear its own end
            batch.ForEach(pending => ApplyBatch([pending]));
        }
        catch (Exception failure)
        {
            NotReady = failure.Message;
            Changed?.Invoke(batch[0].Change.Cause.InstanceId);
            batch[0].Done.SetException(failure);
        }
    }

    private void Apply(IReadOnlyList<HostAction> actions, Func<HostAction, Cause?> why)
    {
        foreach (var action in actions)
        {
            using var scope = why(action) is { } cause ? LogScope.Of(cause.MessageId, cause.InstanceId, hostName) : null;
            LogAction(log, action);
        }

        try
        {
            host.Apply(actions);
            known = known.After(actions);
        }
        catch (HostApplyException)
        {
            known = host.Read(known);
            throw;
        }
    }

    private async Task ReconcileAsync(bool first, CancellationToken stopping)
    {
        try
        {
            var desired = HostPlanner.Plan(await readView(stopping));
            var actual = host.Read(desired);
            (known, isRead) = (actual, true);
            var actions = HostDiff.Between(desired, actual);
            Drift = first ? 0 : actions.Count;
            LogReconcile(log, desired.Count, actions.Count);
            Apply(actions, _ => null);
            NotReady = null;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the worker stops; the host stays as it is
        }
        catch (Exception failure)
        {
            NotReady = failure.Message;
            LogFailure(log, failure);
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Action:l}")]
    private static partial void LogAction(ILogger log, HostAction action);

    [LoggerMessage(Level = LogLevel.Information, Message = "Reconcile: {Resources} resources wanted, {Actions} steps to get there")]
    private static partial void LogReconcile(ILogger log, int resources, int actions);

    [LoggerMessage(Level = LogLevel.Error, Message = "The host could not be reconciled; trying again")]
    private static partial void LogFailure(ILogger log, Exception failure);

    private sealed record Pending(HostChange Change, TaskCompletionSource Done);
}
