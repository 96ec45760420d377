using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Status;

/// <summary>
/// Everything that <c>modelops status</c> and <c>GET /modelops/v1/status</c> show. A snapshot; desired is never shown as observed.
/// </summary>
public sealed record DaemonStatus
{
    /// <summary>The last accepted revision is in force and every pinned model is in memory.</summary>
    public bool Ready { get; init; }

    /// <summary>Whether what is served is what git asks for.</summary>
    public SyncState Sync { get; init; } = SyncState.Unknown;

    /// <summary>Whether it works; the worst of the models.</summary>
    public HealthState Health { get; init; } = HealthState.Unknown;

    /// <summary>Where desired state comes from; null when nothing is managed.</summary>
    public SourceStatus? Source { get; init; }

    /// <summary>Reason of a suspension; null when changes are applied.</summary>
    public string? Suspended { get; init; }

    /// <summary>Named facts, each true or false with a reason.</summary>
    public ImmutableArray<Condition> Conditions { get; init; } = [];

    /// <summary>The managed models, by name.</summary>
    public ImmutableArray<ModelStatus> Models { get; init; } = [];

    /// <summary>Names that are no longer declared and not removed yet, or never.</summary>
    public ImmutableArray<string> Orphaned { get; init; } = [];

    /// <summary>What is wrong with the newest revision (errors, when it was rejected) and what is questionable in it.</summary>
    public ImmutableArray<StatusDiagnostic> Diagnostics { get; init; } = [];

    /// <summary>How the last revisions went, newest first.</summary>
    public ImmutableArray<HistoryRecord> History { get; init; } = [];

    /// <summary>The ledger of memory, the engines, and who waits for what, at the moment of asking.</summary>
    public RuntimeReport Runtime { get; init; } = RuntimeReport.Nothing;

    /// <summary>The latest of them that is not applied for a reason says why; null when all is well.</summary>
    public string? LastError { get; init; }
}

/// <summary>Whether reality is what git asks for.</summary>
public enum SyncState
{
    /// <summary>Not looked yet.</summary>
    Unknown,

    /// <summary>It is.</summary>
    Synced,

    /// <summary>It is not, yet or because it cannot.</summary>
    OutOfSync,
}

/// <summary>Whether it works; the order is from good to bad.</summary>
public enum HealthState
{
    /// <summary>It serves.</summary>
    Healthy,

    /// <summary>Changes are not applied, by command.</summary>
    Suspended,

    /// <summary>Work is being done on it.</summary>
    Progressing,

    /// <summary>Not looked yet.</summary>
    Unknown,

    /// <summary>It serves, but not what was asked, or without what was asked.</summary>
    Degraded,

    /// <summary>It does not serve.</summary>
    Missing,
}

/// <summary>Where desired state comes from, and how far it got.</summary>
public sealed record SourceStatus
{
    /// <summary>Address without credentials.</summary>
    public required string Url { get; init; }

    /// <summary>Branch that is followed; null is the source's HEAD.</summary>
    public string? Branch { get; init; }

    /// <summary>Served folder; empty for all.</summary>
    public string Path { get; init; } = "";

    /// <summary>Which git reads the source: the version of the program, or the built-in one; empty for a plain folder.</summary>
    public string Git { get; init; } = "";

    /// <summary>Newest revision seen.</summary>
    public string? Tip { get; init; }

    /// <summary>Newest revision that is good: what is wanted.</summary>
    public string? Accepted { get; init; }

    /// <summary>Revision that is wholly in force.</summary>
    public string? Applied { get; init; }

    /// <summary>First line of the accepted commit.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Author of the accepted commit.</summary>
    public string Author { get; init; } = "";

    /// <summary>When the source was last asked.</summary>
    public DateTimeOffset? LastFetch { get; init; }

    /// <summary>When it last answered.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>Why it did not answer, or why its tip was not accepted; null when neither.</summary>
    public string? Error { get; init; }
}

/// <summary>A named fact.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Status">Whether it holds.</param>
/// <param name="Reason">Why, one word of a closed list.</param>
/// <param name="Message">Why, in a sentence with the next step.</param>
/// <param name="LastTransition">When <paramref name="Status"/> last changed.</param>
public sealed record Condition(string Type, bool Status, string Reason, string Message, DateTimeOffset LastTransition);

/// <summary>One problem with its place, flat for JSON.</summary>
public sealed record StatusDiagnostic(string Code, Severity Severity, string File, int Line, int Column, string Message, string? Hint)
{
    internal static StatusDiagnostic Of(Diagnostic problem) =>
        new(problem.Code, problem.Severity, problem.File, problem.Span.Line, problem.Span.Column, problem.Message, problem.Hint);
}
