using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Revisions;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>One source in one pass.</summary>
/// <param name="Source">The source.</param>
/// <param name="Accepted">Its revision in force when the pass looked.</param>
/// <param name="Part">What is wanted of it, there, and to be done.</param>
internal sealed record SourceWork(FollowedSource Source, AcceptedRevision Accepted, SourcePlan Part)
{
    /// <summary>What of the plan is done now; the rest waits for its time.</summary>
    internal Plan Due { get; init; } = Part.Plan with { Models = [] };

    /// <summary>A maintenance window puts changes off; null when none does, or there is nothing to change.</summary>
    internal ClosedWindow? Closed { get; } = Part.Plan.Notes.Any(note => note.Reason == "WindowClosed")
        ? MaintenanceWindows.Closed(Part.Desired.Set.Windows, Part.Actual.At)
        : null;

    /// <summary>
    /// How long until something of it is due that no look brings; null when nothing is. Nothing is tried again while it may not be.
    /// </summary>
    internal TimeSpan? NextDelay(DateTimeOffset now) => new[]
    {
        Source.IsFrozen || Closed is not null ? null : Source.Retries.NextDelay,
        PrunePlanner.NextDue(Part.Desired, Part.Actual) - now,
        Closed?.Opens - now,
        Source.Paused is null ? null : Source.PauseEnds,
    }.Min();

    /// <summary>What is due, as it is carried out.</summary>
    internal PlannedWork Planned => new(Due, Part.Desired, Accepted.Tree);
}
