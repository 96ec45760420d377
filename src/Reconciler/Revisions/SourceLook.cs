using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Revisions;

/// <summary>What one look at a source brought, before any of it is judged.</summary>
/// <param name="Seen">The newest revision there; null when the source did not answer.</param>
/// <param name="Ready">The newest revision that can be read here; null when it could not be fetched.</param>
/// <param name="At">When the look ended.</param>
/// <param name="Took">How long it took.</param>
internal sealed record SourceLook(string? Seen, string? Ready, DateTimeOffset At, TimeSpan Took)
{
    /// <summary>Why the source did not answer, or the revision could not be fetched; null when all went well.</summary>
    internal GitSourceException? Error { get; init; }
}
