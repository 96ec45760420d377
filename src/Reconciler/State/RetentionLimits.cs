namespace ModelOps.Reconciler.State;

/// <summary>How much of the past is kept; the oldest goes first. What is in force is never among it.</summary>
public sealed record RetentionLimits
{
    /// <summary>Events.</summary>
    public int Events { get; init; } = 10_000;

    /// <summary>Revisions in the history, each with the rows of its models.</summary>
    public int Runs { get; init; } = 1_000;

    /// <summary>Records of steps.</summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>Revisions that were seen.</summary>
    public int Revisions { get; init; } = 1_000;

    /// <summary>Rows of the audit.</summary>
    public int Audit { get; init; } = 100_000;

    /// <summary>Time between two clean-ups.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(10);
}
