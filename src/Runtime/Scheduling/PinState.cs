namespace ModelOps.Runtime.Scheduling;

/// <summary>A pin and how loading it went so far.</summary>
internal sealed class PinState
{
    private DateTimeOffset _loadedAt = DateTimeOffset.MaxValue;

    internal Pin Pin { get; set; } = null!;

    /// <summary>All names that it is pinned for.</summary>
    internal List<string> Owners { get; } = [];

    /// <summary>Not tried again before.</summary>
    internal DateTimeOffset NotBefore { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Attempts that failed in a row.</summary>
    internal int Failures { get; private set; }

    /// <summary>Why it is not in memory.</summary>
    internal string? Problem { get; set; }

    internal void Succeeded(DateTimeOffset now)
    {
        _loadedAt = now;
        Problem = null;
        NotBefore = DateTimeOffset.MinValue;
    }

    internal void Failed(string problem, DateTimeOffset now, SchedulerOptions options)
    {
        // After a long time of service, failures of long ago do not count.
        if (_loadedAt < now - options.MaxBackoff)
            Failures = 0;
        _loadedAt = DateTimeOffset.MaxValue;
        NotBefore = now + Backoff.Of(options.Backoff, options.MaxBackoff, Failures++);
        Problem = problem;
    }
}
