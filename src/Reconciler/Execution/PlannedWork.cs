using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Execution;

/// <summary>The plan of one source, with what carrying it out reads besides.</summary>
/// <param name="Plan">What to do now.</param>
/// <param name="Desired">The content of the builds; everything else is in the plan.</param>
/// <param name="Tree">Files of the revision.</param>
internal sealed record PlannedWork(Plan Plan, DesiredState Desired, IRevisionTree Tree)
{
    internal DesiredIndex Index => field ??= new DesiredIndex(Desired);

    /// <summary>Digest of the plan, cut to 12 digits.</summary>
    internal string Digest => field ??= PlanDigest.Of(Plan)[..12];
}
