namespace NovaNetBus.Programs.Tests.Cli;

/// <summary>A clock that stands still until it is moved; its timers then fire at once, in the caller's thread.</summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = start;

    public override DateTimeOffset GetUtcNow() => _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on, second by second.</summary>
    public void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            Timer[] due;
            lock (_timers)
            {
                _now = _now.AddSeconds(1);
                due = [.. _timers.Where(timer => timer.Due <= _now)];
            }

            Array.ForEach(due, timer => timer.Fire());
        }
    }

    /// <summary>True while something waits for this clock.</summary>
    public bool IsAwaited
    {
        get
        {
            lock (_timers)
            {
                return _timers.Count > 0;
            }
        }
    }

    private sealed class Timer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._timers)
            {
                clock._timers.Remove(this);
                if (dueTime >= TimeSpan.Zero)
                {
                    (Due, _period) = (clock._now + dueTime, period);
                    clock._timers.Add(this);
                }
            }

            return true;
        }

        public void Fire()
        {
            Change(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan, _period);
            callback(state);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, TimeSpan.Zero);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
