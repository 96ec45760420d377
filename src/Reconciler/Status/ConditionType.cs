namespace ModelOps.Reconciler.Status;

/// <summary>
/// The named facts of the status. The first six are good when they hold; the others are bad, and are there only while they hold.
/// </summary>
public enum ConditionType
{
    /// <summary>The newest revision is in force, the source is fresh, and every model works.</summary>
    Ready,

    /// <summary>The signatures of the newest revision are those that are asked for; absent when none are asked for.</summary>
    SourceVerified,

    /// <summary>The host's policy allows the newest revision; absent when there is none.</summary>
    PolicyPassed,

    /// <summary>Every build that git asks for was made.</summary>
    ArtifactsPresent,

    /// <summary>Every pinned model is in memory.</summary>
    Resident,

    /// <summary>Every model works.</summary>
    Healthy,

    /// <summary>Work is being done to bring a revision in force.</summary>
    Reconciling,

    /// <summary>Only a new revision helps, or an end of what undoes a correction.</summary>
    Stalled,

    /// <summary>The source did not answer for longer than its limit.</summary>
    SourceStale,

    /// <summary>Reality left the declaration and is not put right.</summary>
    Drifted,

    /// <summary>A file of what is served is not what its digest says.</summary>
    WeightsDamaged,

    /// <summary>A model does not serve the build that git asks for, since that one was refused.</summary>
    RolledBack,

    /// <summary>Names that git does not declare any more are not removed, since they are too many at once.</summary>
    PruneBlocked,

    /// <summary>Changes are not applied, by command or by git.</summary>
    Suspended,

    /// <summary>There is not enough memory for what is declared.</summary>
    CapacityShort,
}
