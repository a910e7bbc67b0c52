using System.Diagnostics;
using System.Threading.Channels;

namespace NovaNetBus.Ledger;

/// <summary>Attempts of a writing loop to commit.</summary>
/// <param name="Attempts">All of them.</param>
/// <param name="LostRaces">Those that met another writer and were made again.</param>
public readonly record struct CommitCount(long Attempts, long LostRaces);

/// <summary>
/// One writing loop: what has gathered while the last commit ran goes into the next one, so the busier it is the less each work costs, and a
/// lone work commits at once. Works are handed on in the order in which they came.
/// </summary>
/// <remarks>
/// A batch that lost a race is done again; one that keeps failing is done work by work, so that a bad one fails alone. In an outage all works
/// of the batch fail with its exception: whoever waits for them knows what to do.
/// </remarks>
internal sealed class GroupCommit<TWork, TOutcome> : IAsyncDisposable
{
    private const int LargestBatch = 100, Backlog = 1000, Attempts = 10;

    private readonly Channel<Waiting> channel = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(Backlog) { SingleReader = true });
    private readonly Func<IReadOnlyList<TWork>, CancellationToken, Task<IReadOnlyList<TOutcome>>> commit;
    private readonly Task loop;
    private long attempts, lostRaces;

    /// <summary>Starts the loop. <paramref name="commit"/> returns one outcome for each work, in their order.</summary>
    public GroupCommit(Func<IReadOnlyList<TWork>, CancellationToken, Task<IReadOnlyList<TOutcome>>> commit)
    {
        this.commit = commit;
        using (ExecutionContext.SuppressFlow()) // the loop belongs to no message
        {
            loop = Task.Run(RunAsync);
        }
    }

    /// <summary>How often it was tried to commit, and how often another writer was faster.</summary>
    public CommitCount Count => new(Interlocked.Read(ref attempts), Interlocked.Read(ref lostRaces));

    /// <summary>
    /// Completes when the work is committed. Once a commit has begun, a cancellation ends the waiting only. Throws
    /// <see cref="ChannelClosedException"/> after disposal.
    /// </summary>
    public async Task<TOutcome> SubmitAsync(TWork work, CancellationToken cancellation)
    {
        var waiting = new Waiting(work, cancellation);
        await channel.Writer.WriteAsync(waiting, cancellation);
        return await waiting.Outcome.Task.WaitAsync(cancellation);
    }

    /// <summary>Takes no more; what was taken is committed first.</summary>
    public async ValueTask DisposeAsync()
    {
        channel.Writer.TryComplete();
        await loop;
    }

    private async Task RunAsync()
    {
        var batch = new List<Waiting>(LargestBatch);
        while (await channel.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < LargestBatch && channel.Reader.TryRead(out var waiting))
            {
                if (!waiting.Cancellation.IsCancellationRequested)
                {
                    batch.Add(waiting);
                }
            }

            await CommitAsync(batch);
        }
    }

    private async Task CommitAsync(IReadOnlyList<Waiting> batch)
    {
        try
        {
            var outcomes = await RaceAsync([.. batch.Select(waiting => waiting.Work)]);
            for (var index = 0; index < batch.Count; index++)
            {
                batch[index].Outcome.TrySetResult(outcomes[index]);
            }
        }
        catch (Exception exception) when (batch.Count > 1 && !StoreFaults.IsOutage(exception))
        {
            foreach (var waiting in batch)
            {
                await CommitAsync([waiting]);
            }
        }
        catch (Exception exception)
        {
            foreach (var waiting in batch)
            {
                waiting.Outcome.TrySetException(exception);
            }
        }
    }

    private async Task<IReadOnlyList<TOutcome>> RaceAsync(IReadOnlyList<TWork> works)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Interlocked.Increment(ref attempts);
                return works.Count == 0 ? [] : await MeasuredAsync(works);
            }
            catch (Exception exception) when (attempt < Attempts && StoreFaults.IsLostRace(exception))
            {
                Interlocked.Increment(ref lostRaces);
                LedgerMetrics.LostRaces.Add(1);

                // Two writers that keep in step would meet again and again.
                await Task.Delay(Random.Shared.Next(attempt * 4));
            }
        }
    }

    private async Task<IReadOnlyList<TOutcome>> MeasuredAsync(IReadOnlyList<TWork> works)
    {
        var began = Stopwatch.GetTimestamp();
        LedgerMetrics.Commits.Add(1);
        LedgerMetrics.BatchSize.Record(works.Count);
        try
        {
            return await commit(works, CancellationToken.None);
        }
        finally
        {
            LedgerMetrics.Duration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
    }

    private sealed record Waiting(TWork Work, CancellationToken Cancellation)
    {
        public TaskCompletionSource<TOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
