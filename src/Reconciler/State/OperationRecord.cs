namespace ModelOps.Reconciler.State;

/// <summary>The work on one model, as it is written down.</summary>
/// <param name="Model">Complete name of the model.</param>
/// <param name="Source">Name of the source that asks for it.</param>
/// <param name="Revision">Revision that asked first.</param>
/// <param name="Plan">Digest of the plan that it was begun for, cut to 12 digits.</param>
/// <param name="Inputs">Digest of what is built; empty when the model goes.</param>
/// <param name="Attempt">Digest of what is tried; empty when the model goes.</param>
/// <param name="Since">When it was begun; a restart does not begin it anew.</param>
internal sealed record OperationRecord(
    string Model, string Source, string Revision, string Plan, string Inputs, string Attempt, DateTimeOffset Since)
{
    /// <summary>A word of the phases of the status.</summary>
    public string Phase { get; init; } = "";

    /// <summary>Number of its step in the journal; 0 before the first.</summary>
    public long Step { get; init; }

    /// <summary>Since when it is in that phase.</summary>
    public DateTimeOffset PhaseSince { get; init; } = Since;

    /// <summary>Bytes that were fetched when this was written.</summary>
    public long Completed { get; init; }

    /// <summary>Of how many; 0 when nothing is fetched.</summary>
    public long Total { get; init; }

    /// <summary>How often it failed in a row.</summary>
    public int Attempts { get; init; }

    /// <summary>Why it failed last, one word; empty when it did not.</summary>
    public string Reason { get; init; } = "";

    /// <summary>That in a sentence.</summary>
    public string Message { get; init; } = "";

    /// <summary>When it is tried again; null when it goes on now, or only another revision can help.</summary>
    public DateTimeOffset? NextRetry { get; init; }
}
