namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A clock that is set at will, and whose short times pass faster than they do.</summary>
internal sealed class CourseTime : TimeProvider
{
    private const int Faster = 20;

    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(5);

    internal TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    public override long GetTimestamp() => base.GetTimestamp() * Faster;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(base.CreateTimer(callback, state, Hastened(dueTime), period));

    private static TimeSpan Hastened(TimeSpan due) => due > TimeSpan.Zero && due <= s_short ? due / Faster : due;

    private sealed class Timer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Hastened(dueTime), period);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
