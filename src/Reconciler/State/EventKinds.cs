using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.State;

/// <summary>What each kind of event means for those who watch.</summary>
public static class EventKinds
{
    /// <summary>
    /// How bad it is: an error needs a person, a warning may need one, or says that a person did something unusual.
    /// </summary>
    public static Severity SeverityOf(EventKind kind) => kind switch
    {
        EventKind.NameConflict or EventKind.FightDetected or EventKind.RevisionRejected or EventKind.DigestMismatch
            or EventKind.BuildFailed or EventKind.WarmFailed or EventKind.GateFailed or EventKind.CanaryAborted
            or EventKind.SwitchFailed or EventKind.PruneFailed
            or EventKind.SourceStale or EventKind.WeightsDamaged or EventKind.PassFailed => Severity.Error,
        EventKind.FetchFailed or EventKind.DependencyNotReady or EventKind.RewindFollowed or EventKind.RewindAccepted
            or EventKind.RolledBack or EventKind.Held or EventKind.DrainTimeout or EventKind.ResidencyLost
            or EventKind.DriftDetected or EventKind.PruneBlocked
            or EventKind.Suspended or EventKind.ConfigurationRejected or EventKind.TrustChanged
            or EventKind.StateRebuilt => Severity.Warning,
        _ => Severity.Info,
    };

    /// <summary>Something was changed by it, so that it belongs into the audit.</summary>
    public static bool IsChange(EventKind kind) => kind is EventKind.RevisionAccepted or EventKind.RewindFollowed or EventKind.Switched
        or EventKind.Adopted or EventKind.RolledBack or EventKind.Held or EventKind.HoldReleased or EventKind.DriftCorrected
        or EventKind.Pruned or EventKind.Resumed or EventKind.TrustChanged or EventKind.ApprovalUsed or EventKind.ConfigurationReloaded
        or EventKind.StateRebuilt;

    /// <summary>
    /// Something that is seen, and seen again by every look until it ends: told once in a while. What was done is told every time.
    /// </summary>
    public static bool IsObservation(EventKind kind) => kind is EventKind.FetchFailed or EventKind.SourceStale or EventKind.SourceRecovered
        or EventKind.PlanComputed or EventKind.RevisionDetected or EventKind.RevisionRejected or EventKind.RevisionApplied
        or EventKind.PullStarted or EventKind.NameConflict or EventKind.FightDetected
        or EventKind.DigestMismatch or EventKind.BuildFailed or EventKind.DependencyNotReady or EventKind.WarmFailed
        or EventKind.SwitchFailed or EventKind.PruneFailed or EventKind.ResidencyLost or EventKind.ResidencyRestored
        or EventKind.DriftDetected or EventKind.DriftCorrected or EventKind.PruneScheduled
        or EventKind.PruneBlocked or EventKind.PassFailed or EventKind.PassRecovered;
}
