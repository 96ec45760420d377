using System.Collections.Immutable;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Trust;

namespace ModelOps.Reconciler.Status;

/// <summary>Where desired state comes from, and how far it got.</summary>
public sealed record SourceStatus
{
    /// <summary>The operator's name of it.</summary>
    public string Name { get => field ?? ""; init; }

    /// <summary>Its newest revision is in force, it is fresh, and every model of it works.</summary>
    public bool Ready { get; init; }

    /// <summary>Why nothing of it is applied; null when it is.</summary>
    public string? Suspended { get; init; }

    /// <summary>It is suspended by its own <c>spec.suspend</c>, and no command ends that.</summary>
    public bool SuspendedInGit { get; init; }

    /// <summary>Named facts about it and its models, as those of the status.</summary>
    public ImmutableArray<Condition> Conditions { get => field.IsDefault ? [] : field; init; }

    /// <summary>Address without credentials.</summary>
    public required string Url { get; init; }

    /// <summary>Branch that is followed; null is the source's HEAD.</summary>
    public string? Branch { get; init; }

    /// <summary>Served folder; empty for all.</summary>
    public string Path { get => field ?? ""; init; }

    /// <summary>Which git reads the source: the version of the program, or the built-in one; empty for a plain folder.</summary>
    public string Git { get => field ?? ""; init; }

    /// <summary>What becomes of files that are too large to be texts; null where nothing is fetched.</summary>
    public LargeFileTransfer? LargeFiles { get; init; }

    /// <summary>What is followed: a branch, <c>tag NAME</c>, a commit, or <c>HEAD</c>.</summary>
    public string Reference { get => field ?? ""; init; }

    /// <summary>The address that answers, one of several; null while none does.</summary>
    public string? Remote { get; init; }

    /// <summary>Newest revision seen.</summary>
    public string? Tip { get; init; }

    /// <summary>Newest revision that is good: what is wanted.</summary>
    public string? Accepted { get; init; }

    /// <summary>
    /// Revision that is wholly in force, or was until the accepted one took its place in part; null while the accepted one was in force and
    /// is not any more.
    /// </summary>
    public string? Applied { get; init; }

    /// <summary>First line of the accepted commit.</summary>
    public string Subject { get => field ?? ""; init; }

    /// <summary>Author of the accepted commit.</summary>
    public string Author { get => field ?? ""; init; }

    /// <summary>What each stage found in the newest revision that was judged, in their order.</summary>
    public ImmutableArray<StageRecord> Stages { get => field.IsDefault ? [] : field; init; }

    /// <summary>Whom the host trusts with it; null where no signatures are asked for.</summary>
    public TrustStatus? Trust { get; init; }

    /// <summary>When the source was last asked.</summary>
    public DateTimeOffset? LastFetch { get; init; }

    /// <summary>When it last answered.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>Seconds that it may be silent before it counts as stale.</summary>
    public long MaxAgeSeconds { get; init; }

    /// <summary>Why it did not answer, or why its tip was not accepted; null when neither.</summary>
    public string? Error { get; init; }

    /// <summary>Since when the source does not answer; null when it does.</summary>
    public DateTimeOffset? ErrorSince { get; init; }

    /// <summary>The last time that the files of its models were read again; null when they were not.</summary>
    public AtRestStatus? AtRest { get; init; }

    /// <summary>When the source is asked again; null when it answers, and is asked as always.</summary>
    public DateTimeOffset? NextLook { get; init; }
}

/// <summary>A time at which files that are served were read again and compared with their digests.</summary>
/// <param name="BegunAt">When it began.</param>
/// <param name="EndedAt">When it was over; null while it goes on.</param>
/// <param name="Blobs">Files that were read.</param>
/// <param name="Bytes">Bytes that were read.</param>
public sealed record AtRestStatus(DateTimeOffset BegunAt, DateTimeOffset? EndedAt, int Blobs, long Bytes);
