namespace ModelOps.Reconciler.State;

/// <summary>How a revision went, or one model of it. A closed set; <c>docs/spec/events.md</c> says more.</summary>
public enum HistoryResult
{
    /// <summary>Work on it goes on, or will after a restart.</summary>
    InProgress,

    /// <summary>All that it changes is served.</summary>
    Applied,

    /// <summary>Some models that it changes serve theirs and some do not; those are tried again or held.</summary>
    Partial,

    /// <summary>Nothing that it changes is served; it is tried again or held.</summary>
    Failed,

    /// <summary>A newer revision was accepted before the work on it ended.</summary>
    Superseded,

    /// <summary>It was not accepted: nothing was done for it.</summary>
    Rejected,

    /// <summary>It was served, and an earlier build was put back in its place.</summary>
    RolledBack,
}

/// <summary>How a revision went, or one model of it: one row however often it was tried.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Result">What came of it, or is coming.</param>
/// <param name="StartedAt">When work on it began.</param>
/// <param name="DurationMs">From then to the result, in milliseconds; 0 while it is in progress.</param>
/// <param name="Author">Who committed it.</param>
/// <param name="Message">Counts, or why not; may hold text from outside.</param>
public sealed record HistoryRecord(
    string Revision, HistoryResult Result, DateTimeOffset StartedAt, long DurationMs, string Author, string Message)
{
    /// <summary>Short name of the model; empty for the revision as a whole.</summary>
    public string Model { get => field ?? ""; init; }

    /// <summary>Name of the source that the revision is of.</summary>
    public string Source { get => field ?? ""; init; }

    /// <summary>Manifest digest that the model serves as the result, bare hex; empty when it is not known.</summary>
    public string Build { get => field ?? ""; init; }

    /// <summary>How often it was tried; 0 for what was never begun.</summary>
    public int Attempts { get; init; } = 1;
}

/// <summary>What came of one model in one pass.</summary>
/// <param name="Model">Short name.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Build">Manifest digest that it serves now; may be empty.</param>
/// <param name="Message">Why not; empty when all is well.</param>
internal sealed record ModelResult(string Model, HistoryResult Result, string Build, string Message);
