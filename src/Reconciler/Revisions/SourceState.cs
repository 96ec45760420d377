using System.Collections.Immutable;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Trust;

namespace ModelOps.Reconciler.Revisions;

/// <summary>What is known of the source and its revisions at one moment.</summary>
internal sealed record SourceState
{
    /// <summary>The revision in force; null before there was a good one.</summary>
    internal AcceptedRevision? Accepted { get; init; }

    /// <summary>The newest revision when it is not good; null when it is.</summary>
    internal RejectedRevision? Rejected { get; init; }

    /// <summary>The newest revision that was seen, good or not.</summary>
    internal string? Tip { get; init; }

    /// <summary>What each stage found in the newest revision that was judged.</summary>
    internal ImmutableArray<StageRecord> Stages { get; init; } = [];

    /// <summary>Why the revision in force is not trusted any more, so that nothing is changed; null when it is.</summary>
    internal string? TrustLoss { get; init; }

    /// <summary>Whom the host trusts, for people; null where no signatures are asked for.</summary>
    internal TrustStatus? Trust { get; init; }

    /// <summary>When the source was asked last.</summary>
    internal DateTimeOffset? LastFetch { get; init; }

    /// <summary>When the source answered last.</summary>
    internal DateTimeOffset? LastSuccess { get; init; }

    /// <summary>Why the source did not answer last time; null when it did.</summary>
    internal string? Error { get; init; }

    /// <summary>Since when it does not answer; null when it does.</summary>
    internal DateTimeOffset? ErrorSince { get; init; }

    /// <summary>What kind of error that was; null also for an error in reading what was accepted before the start.</summary>
    internal SourceFailure? Failure { get; init; }

    /// <summary>The newest revision was seen, and is neither accepted nor rejected: it could not be read, or not yet.</summary>
    internal bool HasNewer => Accepted is { } accepted && Tip is { } tip && tip != accepted.Desired.Revision && tip != Rejected?.Revision;
}
