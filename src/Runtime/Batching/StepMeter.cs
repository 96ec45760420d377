using ModelOps.Runtime.Loading;

namespace ModelOps.Runtime.Batching;

/// <summary>Measures steps, and lets the compute threads follow what it measured. Used by the thread of the batch loop.</summary>
internal sealed class StepMeter
{
    private readonly EngineContext _context;
    private readonly StepCounts _counts;
    private readonly TimeProvider _time;
    private readonly ThreadPace _threads;
    private readonly StepWait _wait = new();
    private readonly long _created;
    private long _started;

    internal StepMeter(EngineContext context, StepCounts counts, TimeProvider time)
    {
        (_context, _counts, _time) = (context, counts, time);
        _created = time.GetTimestamp();
        _threads = new ThreadPace(context.MaxThreads, isFixed: context.Profile.Threads > 0);
        counts.Computes(_threads.Threads, _threads.Choice);
    }

    /// <summary>From any thread: how long the current step has been running; zero between steps.</summary>
    internal TimeSpan Running => Volatile.Read(ref _started) is var started and not 0 ? _time.GetElapsedTime(started) : TimeSpan.Zero;

    /// <summary>Threads of the next step.</summary>
    internal int Threads => _threads.Threads;

    /// <summary>Sets the threads of the next step; to be called once before the first.</summary>
    internal void UseThreads() => _context.Pools.Use(_threads.Threads, _wait.IsAwake);

    /// <summary>A step begins.</summary>
    /// <returns>When.</returns>
    internal long Begin()
    {
        var started = _time.GetTimestamp();
        Volatile.Write(ref _started, started);
        return started;
    }

    /// <summary>No step is running.</summary>
    internal void End() => Volatile.Write(ref _started, 0);

    /// <summary>The step that began then has computed this many tokens.</summary>
    /// <returns>How long it took.</returns>
    internal TimeSpan Observe(long started, int tokens)
    {
        var elapsed = _time.GetElapsedTime(started);
        _threads.Observe(tokens, elapsed, _time.GetElapsedTime(_created));
        _wait.Observe(elapsed);
        UseThreads();
        _counts.Computes(_threads.Threads, _threads.Choice);
        return elapsed;
    }
}
