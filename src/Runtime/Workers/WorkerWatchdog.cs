namespace ModelOps.Runtime.Workers;

/// <summary>Has a worker killed that hangs: one that says nothing, or computes one step for too long.</summary>
/// <param name="options">The limits.</param>
/// <param name="time">Clock.</param>
/// <param name="kill">Kills the worker, for the reason given.</param>
internal sealed class WorkerWatchdog(WorkerOptions options, TimeProvider time, Action<string> kill)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private long _lastHeard;

    /// <summary>Watches from now on, until what this returns is disposed.</summary>
    internal ITimer Watch()
    {
        Heard();
        return time.CreateTimer(_ => Look(), null, s_interval, s_interval);
    }

    /// <summary>The worker said something.</summary>
    internal void Heard() => Volatile.Write(ref _lastHeard, time.GetTimestamp());

    /// <summary>The worker said for how long the current step of an engine has been running.</summary>
    internal void Step(TimeSpan running)
    {
        if (running > options.StepLimit)
            kill($"a batch step took longer than {options.StepLimit.TotalSeconds:0} s");
    }

    private void Look()
    {
        if (time.GetElapsedTime(Volatile.Read(ref _lastHeard)) > options.SilenceLimit)
            kill($"it said nothing for {options.SilenceLimit.TotalSeconds:0} s");
    }
}
