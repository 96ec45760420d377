namespace ModelOps.Runtime.Scheduling;

/// <summary>Limits of one scheduler.</summary>
public sealed record SchedulerOptions
{
    /// <summary>Bytes that all engines together may hold.</summary>
    public required long MemoryBudget { get; init; }

    /// <summary>Different weights in memory at once, pinned ones aside; 0 is no limit.</summary>
    public int MaxLoadedWeights { get; init; } = 3;

    /// <summary>Requests that may wait for a load, and beyond the slots of one engine.</summary>
    public int MaxQueue { get; init; } = 512;

    /// <summary>Idle time before an on-demand engine is unloaded.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest time a request waits before it is refused.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Wait before a pinned engine that failed is loaded again; doubled each time up to <see cref="MaxBackoff"/>.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait between two attempts for a pinned engine.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(1);
}
