using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Desired;

/// <summary>What <c>modelops.yaml</c> says, with defaults applied; references to other files are not followed yet.</summary>
/// <param name="Name">Name of the set.</param>
/// <param name="Models">In file order.</param>
/// <param name="Prune">What happens to names that are no longer declared.</param>
/// <param name="Drift">What happens when reality leaves the declaration.</param>
public sealed record ModelSetSpec(string Name, ImmutableArray<ModelSpec> Models, PruneSpec Prune, DriftSpec Drift)
{
    /// <summary>Labels of the user's own.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>When what lies in the store is read again.</summary>
    public AtRestSpec AtRest { get; init; } = new();

    /// <summary>When changes may be made and when not; always, where there are none.</summary>
    public ImmutableArray<MaintenanceWindow> Windows { get; init; } = [];

    /// <summary>Nothing is changed; null when it is.</summary>
    public SuspendSpec? Suspend { get; init; }
}

/// <summary>One declared model.</summary>
public sealed record ModelSpec
{
    /// <summary>Name as written.</summary>
    public required string ShownName { get; init; }

    /// <summary>Complete name.</summary>
    public required ModelName Name { get; init; }

    /// <summary>Further names of the same build.</summary>
    public ImmutableArray<ModelName> Aliases { get; init; } = [];

    /// <summary>Its Modelfile.</summary>
    public required DeclaredModelfile Source { get; init; }

    /// <summary>When it is in memory.</summary>
    public ResidencySpec Residency { get; init; } = new();

    /// <summary>Declared load settings.</summary>
    public RuntimeSettings Runtime { get; init; } = new();

    /// <summary>How a new build takes over.</summary>
    public RolloutSpec Rollout { get; init; } = new();

    /// <summary>Models of the set that must serve their own builds first, besides those that it is built from.</summary>
    public ImmutableArray<ModelName> DependsOn { get; init; } = [];

    /// <summary>It is never pruned, only reported as orphaned.</summary>
    public bool Protect { get; init; }

    /// <summary>A model of its name that was not managed is meant by it, and is taken over.</summary>
    public bool Adopt { get; init; }

    /// <summary>Where its name stands.</summary>
    public required SourceSpan Span { get; init; }

    /// <summary><c>modelops.yaml:12</c>, as the repository names the file.</summary>
    public required string DeclaredAt { get; init; }
}

/// <summary>Where the text of a Modelfile is. Exactly one of the first two is set.</summary>
/// <param name="Path">File relative to the served folder.</param>
/// <param name="Inline">The text itself.</param>
/// <param name="Span">Where the path or text stands in <c>modelops.yaml</c>.</param>
/// <param name="IsLiteral">The inline text is a block with <c>|</c>.</param>
public sealed record DeclaredModelfile(string? Path, string? Inline, SourceSpan Span, bool IsLiteral = false);

/// <summary>When a model is in memory.</summary>
public sealed record ResidencySpec(ResidencyMode Mode = ResidencyMode.OnDemand, TimeSpan? KeepAlive = null, int Priority = 0);

/// <summary>What happens to names that are no longer declared.</summary>
public sealed record PruneSpec
{
    /// <summary>They go; otherwise they are shown as orphaned.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How long a name without a declaration goes on being served, counted from when it was first seen so.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long replaced builds keep their blobs.</summary>
    public TimeSpan BlobRetention { get; init; } = TimeSpan.FromDays(14);

    /// <summary>At most this many models at once; a share allows at least one.</summary>
    public Share MaxDeletes { get; init; } = new(20, IsPercent: true);
}

/// <summary>When the files of the models that are served are read again and compared with their digests.</summary>
public sealed record AtRestSpec
{
    /// <summary>When it begins: five fields as cron has them; null never.</summary>
    public string? Schedule { get; init; }

    /// <summary>IANA name of the zone that the schedule is in.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Most megabytes that are read in a second.</summary>
    public int MaxMegabytesPerSecond { get; init; } = 50;
}

/// <summary>What happens when reality leaves the declaration.</summary>
public sealed record DriftSpec(DriftAction Residency = DriftAction.Correct, DriftAction Models = DriftAction.Correct)
{
    /// <summary>Content outside git that a model is built from: a file of this machine, or a name in the store.</summary>
    public DriftAction Files { get; init; } = DriftAction.Warn;
}

/// <summary>The two answers to drift.</summary>
public enum DriftAction
{
    /// <summary>Put it right and report it.</summary>
    Correct,

    /// <summary>Only report it.</summary>
    Warn,
}
