using System.Collections.Immutable;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler;

/// <summary>Host configuration of reconciliation.</summary>
public sealed record ReconcilerOptions
{
    /// <summary>Folder of the mirror and the state.</summary>
    public required string Home { get; init; }

    /// <summary>Version of this program, which the state remembers; may be empty.</summary>
    public string Version { get; init; } = "";

    /// <summary>Where desired state comes from: at least one, each with a name of its own.</summary>
    public required ImmutableArray<SourceOptions> Sources { get; init; }

    /// <summary>Absolute folders that a managed Modelfile may name files in. The repository cannot extend this.</summary>
    public ImmutableArray<string> AllowedPaths { get; init; } = [];

    /// <summary>Models that are worked on at the same time.</summary>
    public int Parallelism { get; init; } = 2;

    /// <summary>A build (download included) may take this long.</summary>
    public TimeSpan BuildTimeout { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Loading a build may take this long.</summary>
    public TimeSpan WarmTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>First delay after a failed step; it doubles up to <see cref="LongestRetry"/>.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest delay after a failed step.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What pinned models must fit into together; null judges none by that.</summary>
    public HostOptions? Capacity { get; init; }

    /// <summary>Called after every change of the state that is durable; tests end the process here.</summary>
    public Action? StateWritten { get; init; }

    /// <summary>How much of the past is kept.</summary>
    public RetentionLimits Retention { get; init; } = new();
}
