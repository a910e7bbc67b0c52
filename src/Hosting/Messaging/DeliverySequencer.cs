namespace NovaNetBus.Hosting.Messaging;

/// <summary>
/// Gives each delivery of one channel its turn in the order of delivery tags, which are contiguous from 1. Pure bookkeeping: knows nothing of AMQP.
/// A tag that never arrives (its delivery was dropped, or went to an earlier consumer of the channel) holds the others up only for the patience given.
/// </summary>
internal sealed class DeliverySequencer(TimeSpan patience, TimeProvider time)
{
    private readonly Lock _lock = new();

    /// <summary>Arrived and not yet ended, each with its waiter once it waits.</summary>
    private readonly SortedDictionary<ulong, TaskCompletionSource?> _open = [];
    private readonly HashSet<ulong> _passed = [];
    private ulong _next = 1;
    private ITimer? _holeTimer;

    /// <summary>Tells that the delivery is here. Must come before <see cref="TurnAsync"/> and <see cref="Pass"/>.</summary>
    public void Arrive(ulong tag)
    {
        lock (_lock)
        {
            _open[tag] = null;
        }
    }

    /// <summary>Completes when all lower tags have passed. Cancelled: throws; the tag still has to pass.</summary>
    public Task TurnAsync(ulong tag, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (tag <= _next)
            {
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _open[tag] = turn;
            WatchForHole();
            return turn.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>The delivery has had its turn or has ended without one. Passing twice changes nothing.</summary>
    public void Pass(ulong tag)
    {
        lock (_lock)
        {
            if (_open.Remove(tag) && tag >= _next)
            {
                _passed.Add(tag);
                Advance();
            }
        }
    }

    private void Advance()
    {
        while (_passed.Remove(_next))
        {
            _next++;
        }

        if (_open.TryGetValue(_next, out var turn))
        {
            turn?.TrySetResult();
        }
        else
        {
            WatchForHole();
        }
    }

    private void WatchForHole()
    {
        if (_holeTimer is null && _open.Count > 0 && !_open.ContainsKey(_next))
        {
            var missing = _next;
            _holeTimer = time.CreateTimer(_ => SkipHole(missing), null, patience, Timeout.InfiniteTimeSpan);
        }
    }

    private void SkipHole(ulong missing)
    {
        lock (_lock)
        {
            _holeTimer?.Dispose();
            _holeTimer = null;
            if (_next == missing && !_open.ContainsKey(missing))
            {
                _next = LowestKnown();
                Advance();
            }
            else
            {
                WatchForHole();
            }
        }
    }

    private ulong LowestKnown()
    {
        var lowest = _passed.Count == 0 ? ulong.MaxValue : _passed.Min();
        return _open.Count == 0 ? Math.Min(lowest, _next) : Math.Min(lowest, _open.Keys.First());
    }
}
