using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NovaNetBus.Domain;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Hosts;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>Reads all that this host must serve, complete and of one moment.</summary>
internal delegate Task<HostView> ViewReader(CancellationToken cancellation);

/// <summary>Keeps in the log what a full reconcile has put in order.</summary>
internal delegate Task ReconcileRecorder(HostReconciled fact, CancellationToken cancellation);

/// <summary>
/// The one that changes the host: first a full reconcile, then changes as they come, in natural batches, and a full reconcile again on a
/// timer and after each failure. Nothing here decides; it plans from what the ledger says.
/// </summary>
internal sealed partial class Reconciler(string hostName, IHost host, ViewReader readView, ReconcileRecorder record, TimeProvider clock, ILogger<Reconciler> log)
    : BackgroundService
{
    private const int LargestBatch = 128;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60), RetryInterval = TimeSpan.FromSeconds(1);

    private readonly Channel<Pending> queue = Channel.CreateBounded<Pending>(1024);
    private readonly List<TaskCompletionSource<Reconciled>> askedForAll = [];
    private HostState known = HostState.Empty;
    private bool isRead;
    private HostReconciled? unrecorded;
    private Reconciled? last;

    /// <summary>Null once the host was brought into its planned state and is believed to be in it; else what stands against it.</summary>
    public string? NotReady { get; private set; } = "the first reconcile has not ended";

    /// <summary>How many differences the last full reconcile found that nobody had asked for.</summary>
    public int Drift { get; private set; }

    /// <summary>The host has just changed, as far as it could, for the sake of this instance.</summary>
    public event Action<Guid>? Changed;

    /// <summary>What this host is for a network now. Asked when a change is made, and not when it was thought of: a host that has lost a network must not take it up again.</summary>
    public Func<Network, NetworkPart>? PartOf { get; set; }

    /// <summary>Has it looked up anew what this host is for networks; ends when that is known.</summary>
    public Func<CancellationToken, Task> LookUpParts { get; set; } = _ => Task.CompletedTask;

    /// <summary>Nothing is done before this ends.</summary>
    public Task Beginning { get; set; } = Task.CompletedTask;

    /// <summary>The addresses that the host answers for while its lease lasts, as far as it is not silent about them.</summary>
    public LeasedAddresses Leased => LeasedAddresses.Of(known);

    /// <summary>True when the host has a network's bridge, address or DHCP server that this view does not want.</summary>
    public bool HasMoreThan(HostView view)
    {
        var wanted = HostPlanner.Plan(WithParts(view));
        return known.Resources.Any(resource => resource is Bridge or BridgeAddress or DhcpServer && wanted.Find(resource.Key) is null);
    }

    /// <summary>How many ports of instances the host has.</summary>
    public int Ports => known.Resources.Count(resource => resource is FirewallElement { Set: FirewallSet.VmPorts });

    /// <summary>Completes when the change is on the host, with the steps that it took, as sentences; <see cref="HostApplyException"/> when it cannot be.</summary>
    public Task<IReadOnlyList<string>> ApplyAsync(HostChange change, CancellationToken cancellation) => ApplyAsync(() => change, cancellation);

    /// <summary>As above, for a change that is made up when its turn has come.</summary>
    public async Task<IReadOnlyList<string>> ApplyAsync(Func<HostChange> change, CancellationToken cancellation)
    {
        var pending = new Pending.One(change);
        await queue.Writer.WriteAsync(pending, cancellation);
        return await pending.Done.Task;
    }

    /// <summary>
    /// Completes when the whole host is as the ledger says, read after this call, as far as it could be brought there. Throws when that is not known.
    /// </summary>
    public async Task<Reconciled> ReconcileAsync(CancellationToken cancellation)
    {
        var pending = new Pending.All();
        await queue.Writer.WriteAsync(pending, cancellation);
        return await pending.Done.Task.WaitAsync(cancellation);
    }

    /// <summary>The view with what this host is for each network now.</summary>
    public HostView WithParts(HostView view) =>
        PartOf is { } part ? view with { Networks = [.. view.Networks.Select(served => served with { Part = part(served.Network) })] } : view;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Beginning.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        var next = clock.GetUtcNow();
        var first = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (NotReady is not null || clock.GetUtcNow() >= next || askedForAll.Count > 0)
            {
                await ReconcileAsync(first, stoppingToken);
                Answer();
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
                if (NotReady is not null || askedForAll.Count > 0)
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

    private List<Pending.One> Gather()
    {
        var batch = new List<Pending.One>();
        while (batch.Count < LargestBatch && queue.Reader.TryRead(out var pending))
        {
            switch (pending)
            {
                case Pending.One one:
                    batch.Add(one);
                    break;
                case Pending.All all:
                    askedForAll.Add(all.Done);
                    break;
            }
        }

        return batch;
    }

    private void Answer()
    {
        foreach (var asked in askedForAll)
        {
            if (last is { } reconciled)
            {
                asked.TrySetResult(reconciled);
            }
            else
            {
                asked.TrySetException(new InvalidOperationException(NotReady));
            }
        }

        askedForAll.Clear();
    }

    private void ApplyBatch(List<Pending.One> batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        try
        {
            var changes = batch.ConvertAll(pending => pending.Made = pending.Change());
            var steps = HostChange.Steps(changes, known).Select(step => (Step: step, Change: changes.Find(change => change.Explains(step)))).ToList();
            Apply([.. steps.Select(step => step.Step)], steps.ConvertAll(step => step.Change?.Cause));
            batch.ForEach(pending => Changed?.Invoke(pending.Made!.Cause.InstanceId));
            var taken = steps.ToLookup(step => step.Change, step => step.Step.ToString());
            batch.ForEach(pending => pending.Done.SetResult([.. taken[pending.Made]]));
        }
        catch (Exception) when (batch.Count > 1)
        {
            // one of them may be at fault: the others shall not pay for it, and each must hear its own end
            batch.ForEach(pending => ApplyBatch([pending]));
        }
        catch (Exception failure)
        {
            NotReady = failure.Message;
            if (batch[0].Made is { } made)
            {
                Changed?.Invoke(made.Cause.InstanceId);
            }

            batch[0].Done.SetException(failure);
        }
    }

    private void Apply(IReadOnlyList<HostAction> actions, IReadOnlyList<Cause?> why)
    {
        foreach (var (action, reason) in actions.Zip(why))
        {
            using var scope = reason is { } cause ? LogScope.Of(cause.MessageId, cause.InstanceId, hostName) : null;
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
        last = null;
        var began = clock.GetTimestamp();
        try
        {
            var occasion = first ? "start" : askedForAll.Count > 0 ? "asked" : NotReady is null ? "drift" : "failure";
            var view = WithParts(await readView(stopping));
            var desired = HostPlanner.Plan(view);
            var actual = host.Read(desired);
            (known, isRead) = (actual, true);
            var actions = HostDiff.Between(desired, actual);
            Drift = first || askedForAll.Count > 0 ? 0 : actions.Count; // what was asked for is no drift
            LogReconcile(log, desired.Count, actions.Count);
            last = Bring(view, desired, actions);
            WorkerMetrics.Reconcile.Record(clock.GetElapsedTime(began).TotalSeconds);
            WorkerMetrics.DriftRepaired.Add(Math.Max(0, Drift - last.Left.Count));
            await RecordAsync(occasion, [.. actions.Except(last.Left)], stopping);
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

    private Reconciled Bring(HostView view, HostState desired, IReadOnlyList<HostAction> actions)
    {
        try
        {
            Apply(actions, [.. actions.Select(_ => (Cause?)null)]);
            NotReady = null;
            return Reconciled.InFull;
        }
        catch (HostApplyException failure)
        {
            NotReady = failure.Message;
            LogFailure(log, failure);
            known = host.Read(desired);
            return Reconciled.Of(view, desired, known);
        }
    }

    /// <summary>What cannot be recorded now is recorded after the next reconcile; the host does not wait for the database.</summary>
    private async Task RecordAsync(string occasion, IReadOnlyList<HostAction> actions, CancellationToken stopping)
    {
        if (actions.Count > 0)
        {
            unrecorded = new HostReconciled(
                hostName, occasion, actions.Count, actions.Take(HostReconciled.MostActions).Select(action => action.ToString()).ToValueList(), clock.GetUtcNow());
        }

        if (unrecorded is not { } fact)
        {
            return;
        }

        try
        {
            await record(fact, stopping);
            unrecorded = null;
        }
        catch (Exception fault) when (Outage.IsOutage(fault))
        {
            LogUnrecorded(log, fault.GetBaseException().Message);
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Action:l}")]
    private static partial void LogAction(ILogger log, HostAction action);

    [LoggerMessage(Level = LogLevel.Information, Message = "Reconcile: {Resources} resources wanted, {Actions} steps to get there")]
    private static partial void LogReconcile(ILogger log, int resources, int actions);

    [LoggerMessage(Level = LogLevel.Error, Message = "The host could not be reconciled; trying again")]
    private static partial void LogFailure(ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was put in order cannot be recorded now: {Reason:l}")]
    private static partial void LogUnrecorded(ILogger log, string reason);
}
