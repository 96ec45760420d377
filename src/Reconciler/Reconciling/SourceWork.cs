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

    /// <summary>What is due, as it is carried out.</summary>
    internal PlannedWork Planned => new(Due, Part.Desired, Accepted.Tree);
}
