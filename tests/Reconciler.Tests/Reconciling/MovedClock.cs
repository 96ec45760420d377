namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A clock that can be moved on: what was to happen until then happens at once.</summary>
internal sealed class MovedClock : TimeProvider
{
    private readonly Lock _turn = new();
    private readonly HashSet<Timer> _timers = [];
    private TimeSpan _ahead;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_turn)
            return base.GetUtcNow() + _ahead;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        timer.Change(dueTime, period);
        return timer;
    }

    internal void Move(TimeSpan by)
    {
        Timer[] due;
        lock (_turn)
        {
            _ahead += by;
            due = [.. _timers.Where(timer => timer.Due <= base.GetUtcNow() + _ahead)];
        }

        foreach (var timer in due)
            timer.Change(TimeSpan.Zero, timer.Period);
    }

    private sealed class Timer(MovedClock clock, ITimer timer) : ITimer
    {
        /// <summary>Null when it does not run.</summary>
        internal DateTimeOffset? Due { get; private set; }

        internal TimeSpan Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._turn)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock.GetUtcNow() + dueTime;
                Period = period;
                if (Due is null)
                    clock._timers.Remove(this);
                else
                    clock._timers.Add(this);
            }

            return timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
