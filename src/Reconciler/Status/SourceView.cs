using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Status;

/// <summary>What a pass knows of one source.</summary>
/// <param name="Options">How it is followed.</param>
/// <param name="Reader">What reads it.</param>
/// <param name="State">What is known of it and its revisions.</param>
internal sealed record SourceView(SourceOptions Options, IRepositorySource Reader, SourceState State)
{
    private static readonly TimeSpan s_shortestMaxAge = TimeSpan.FromMinutes(5);

    /// <summary>How often it is looked at.</summary>
    internal required TimeSpan Interval { get; init; }

    /// <summary>Its revision that was in force last; null when none was.</summary>
    internal string? Applied { get; init; }

    /// <summary>Why nothing of it is applied; null when it is.</summary>
    internal string? Suspended { get; init; }

    /// <summary>Why git itself wants nothing changed; null when it does.</summary>
    internal string? Paused { get; init; }

    /// <summary>Why its models are not served; null while they are.</summary>
    internal string? Stopped { get; init; }

    /// <summary>What is wanted, there, and left to do; null when nothing is accepted or looked at.</summary>
    internal SourcePlan? Work { get; init; }

    /// <summary>What failed.</summary>
    internal ImmutableDictionary<ModelName, ModelFailure> Failures { get; init; } = ImmutableDictionary<ModelName, ModelFailure>.Empty;

    /// <summary>It may be silent for this long.</summary>
    internal TimeSpan MaxAge => Options.MaxAge ?? (Interval * 10 > s_shortestMaxAge ? Interval * 10 : s_shortestMaxAge);

    /// <summary>Its accepted revision is applied: see <see cref="Convergence"/>. Found out once, since it looks at all models.</summary>
    internal bool Converged { get; init; }
}
