using ModelOps.Reconciler.Gates;

namespace ModelOps.Reconciler.Desired;

/// <summary>How a new build takes over from the old one.</summary>
public sealed record RolloutSpec(RolloutStrategy Strategy = RolloutStrategy.WarmStandby)
{
    /// <summary>What <see cref="RolloutStrategy.WarmStandby"/> does where both builds do not fit.</summary>
    public RolloutFallback Fallback { get; init; }

    /// <summary>How long the old build may take to end.</summary>
    public DrainSpec Drain { get; init; } = new();

    /// <summary>Which requests wait while none of the two builds answers.</summary>
    public QueueSpec Queue { get; init; } = new();

    /// <summary>What the new build must pass before it serves.</summary>
    public GateSpec Gate { get; init; } = new();

    /// <summary>Which share of the requests it answers before it serves all.</summary>
    public CanarySpec Canary { get; init; } = new();

    /// <summary>When the old build comes back by itself.</summary>
    public RollbackSpec Rollback { get; init; } = new();
}

/// <summary>The two ways.</summary>
public enum RolloutStrategy
{
    /// <summary>The new build is warm beside the old one before it takes over.</summary>
    WarmStandby,

    /// <summary>The old build is drained and unloaded first, for machines where both do not fit.</summary>
    DrainSwap,
}

/// <summary>What is done where both builds do not fit.</summary>
public enum RolloutFallback
{
    /// <summary>The old build is drained and unloaded first.</summary>
    DrainSwap,

    /// <summary>The old build goes on serving, and the new one is tried again later.</summary>
    None,
}

/// <summary>How a replaced build ends.</summary>
public sealed record DrainSpec
{
    /// <summary>How long its last answers may take until that is told. None is cut.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>Bounds of the requests that wait while no build of a model answers.</summary>
/// <param name="MaxRequests">How many; null is the host's limit.</param>
/// <param name="MaxWait">How long; null is the host's limit.</param>
public sealed record QueueSpec(int? MaxRequests = null, TimeSpan? MaxWait = null);

/// <summary>A new build answers a share of the requests before it serves all.</summary>
/// <param name="Share">The share in percent; 0 is none.</param>
public sealed record CanarySpec(int Share = 0)
{
    /// <summary>How long.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What it must keep meanwhile.</summary>
    public ServiceRule Rule { get; init; } = new();
}

/// <summary>When the build that served before comes back by itself.</summary>
/// <param name="Automatic">It does.</param>
public sealed record RollbackSpec(bool Automatic = false)
{
    /// <summary>How long a new build is observed.</summary>
    public TimeSpan Observe { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>What it must keep meanwhile.</summary>
    public ServiceRule Rule { get; init; } = new();
}
