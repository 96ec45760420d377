using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Status;

/// <summary>
/// Everything that <c>modelops status</c> and <c>GET /modelops/v1/status</c> show. A snapshot; desired is never shown as observed.
/// </summary>
/// <remarks>
/// What another release leaves out is read as empty: generated readers do not keep initial values, so getters do, here and in its parts.
/// </remarks>
public sealed record DaemonStatus
{
    /// <summary>
    /// The newest revision is in force: it was not rejected, the source is fresh, every model serves what git asks for and works, and
    /// nothing is held, failed, blocked or waiting.
    /// </summary>
    public bool Ready { get; init; }

    /// <summary>
    /// Requests can be sent here: a revision was in force, every model that was served before still is, perhaps by an earlier build, and
    /// every pinned one is in memory. What <c>/readyz</c> answers unless it was made strict.
    /// </summary>
    public bool Serving { get; init; }

    /// <summary>Whether what is served is what git asks for.</summary>
    public SyncState Sync { get; init; } = SyncState.Unknown;

    /// <summary>Whether it works; the worst of the models.</summary>
    public HealthState Health { get; init; } = HealthState.Unknown;

    /// <summary>Where desired state comes from; null when nothing is managed. The first of <see cref="Sources"/>.</summary>
    public SourceStatus? Source { get; init; }

    /// <summary>All sources of desired state.</summary>
    public ImmutableArray<SourceStatus> Sources { get => field.IsDefault ? [] : field; init; }

    /// <summary>Reason of a suspension of everything; null when changes are applied. A source may be suspended by itself.</summary>
    public string? Suspended { get; init; }

    /// <summary>Token of the request that was handled last; null when none was since the start.</summary>
    public string? HandledRequest { get; init; }

    /// <summary>What is unsafe about who may ask this server, said until it is mended; null when nothing is.</summary>
    public string? Insecure { get; init; }

    /// <summary>Named facts, each true or false with a reason.</summary>
    public ImmutableArray<Condition> Conditions { get => field.IsDefault ? [] : field; init; }

    /// <summary>The managed models, by name.</summary>
    public ImmutableArray<ModelStatus> Models { get => field.IsDefault ? [] : field; init; }

    /// <summary>Names that are no longer declared and not removed yet, or never.</summary>
    public ImmutableArray<string> Orphaned { get => field.IsDefault ? [] : field; init; }

    /// <summary>The same names, each with why it is still there.</summary>
    public ImmutableArray<OrphanStatus> Orphans { get => field.IsDefault ? [] : field; init; }

    /// <summary>What is wrong with the newest revision (errors, when it was rejected) and what is questionable in it.</summary>
    public ImmutableArray<StatusDiagnostic> Diagnostics { get => field.IsDefault ? [] : field; init; }

    /// <summary>How the last revisions went, newest first.</summary>
    public ImmutableArray<HistoryRecord> History { get => field.IsDefault ? [] : field; init; }

    /// <summary>The ledger of memory, the engines, and who waits for what, at the moment of asking.</summary>
    public RuntimeReport Runtime { get => field ?? RuntimeReport.Nothing; init; }

    /// <summary>The latest of them that is not applied for a reason says why; null when all is well.</summary>
    public string? LastError { get; init; }

    /// <summary>What of it is about one source.</summary>
    internal DaemonStatus Only(string source)
    {
        var own = Sources.Single(known => known.Name == source);
        return this with
        {
            Ready = own.Ready,
            Source = own,
            Sources = [own],
            Suspended = own.Suspended,
            Conditions = own.Conditions,
            Models = [.. Models.Where(model => model.Source == source)],
        };
    }
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

/// <summary>One problem with its place, flat for JSON.</summary>
public sealed record StatusDiagnostic(string Code, Severity Severity, string File, int Line, int Column, string Message, string? Hint)
{
    /// <summary>Name of the source whose revision it is about.</summary>
    public string Source { get => field ?? ""; init; }

    internal static StatusDiagnostic Of(Diagnostic problem, string source) =>
        new(problem.Code, problem.Severity, problem.File, problem.Span.Line, problem.Span.Column, problem.Message, problem.Hint)
        {
            Source = source,
        };
}
