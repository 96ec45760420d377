namespace ModelOps.Reconciler.State;

/// <summary>
/// Everything that is told as an event; a closed set. <c>docs/spec/events.md</c> says of each when it is told, and of which object.
/// </summary>
public enum EventKind
{
    /// <summary>The source has a revision that was not seen before.</summary>
    RevisionDetected,

    /// <summary>A revision came from whom the host trusts.</summary>
    RevisionVerified,

    /// <summary>A revision is good: it is what is wanted from now on.</summary>
    RevisionAccepted,

    /// <summary>A revision is not good; the one before it stays in force.</summary>
    RevisionRejected,

    /// <summary>Every model of a revision serves what the revision declares.</summary>
    RevisionApplied,

    /// <summary>A newer revision came before this one was applied.</summary>
    RevisionSuperseded,

    /// <summary>A newest revision that does not descend from the accepted one was followed.</summary>
    RewindFollowed,

    /// <summary>A person let one revision be accepted that does not descend from the accepted one.</summary>
    RewindAccepted,

    /// <summary>The source did not answer, or not usably.</summary>
    FetchFailed,

    /// <summary>The source has not answered for longer than its limit.</summary>
    SourceStale,

    /// <summary>The source answers again.</summary>
    SourceRecovered,

    /// <summary>What is to be done for a revision.</summary>
    PlanComputed,

    /// <summary>The base of a build is being downloaded.</summary>
    PullStarted,

    /// <summary>Another tenth of a download is there.</summary>
    PullProgress,

    /// <summary>A download is complete.</summary>
    PullCompleted,

    /// <summary>Bytes are not those that their digest names.</summary>
    DigestMismatch,

    /// <summary>A build is in the store; nothing serves it yet.</summary>
    BuildCompleted,

    /// <summary>A build could not be made.</summary>
    BuildFailed,

    /// <summary>A model waits for another one that it is built from.</summary>
    DependencyNotReady,

    /// <summary>Another server on the same store has a name that git asks for here.</summary>
    NameConflict,

    /// <summary>The same correction was undone again and again, and is not made any more.</summary>
    FightDetected,

    /// <summary>A new build is in memory beside what serves.</summary>
    WarmStarted,

    /// <summary>A build could not be loaded.</summary>
    WarmFailed,

    /// <summary>A build answered its smoke questions.</summary>
    GatePassed,

    /// <summary>A build did not answer its smoke questions as declared; it is held.</summary>
    GateFailed,

    /// <summary>A new build answers a share of the requests from now on.</summary>
    CanaryStarted,

    /// <summary>A new build served its share well, and takes over.</summary>
    CanaryPassed,

    /// <summary>A new build served its share badly: the old one answers all again, and the new one is held.</summary>
    CanaryAborted,

    /// <summary>A name serves another build.</summary>
    Switched,

    /// <summary>A name that was not managed is from now on.</summary>
    Adopted,

    /// <summary>A name could not be given another build.</summary>
    SwitchFailed,

    /// <summary>The last request on a replaced build has ended.</summary>
    Drained,

    /// <summary>Requests on a replaced build go on for longer than its deadline; none is cut.</summary>
    DrainTimeout,

    /// <summary>Nothing answered for a model for a while, since its old and its new build do not fit into memory together.</summary>
    Paused,

    /// <summary>A name serves its earlier build again.</summary>
    RolledBack,

    /// <summary>A build is refused for a model until that is released or git asks for another one.</summary>
    Held,

    /// <summary>A refused build may be tried again.</summary>
    HoldReleased,

    /// <summary>A pinned model is in memory.</summary>
    Pinned,

    /// <summary>A pinned model left memory.</summary>
    ResidencyLost,

    /// <summary>A pinned model is in memory again.</summary>
    ResidencyRestored,

    /// <summary>What is there is not what was applied: somebody or something else changed it.</summary>
    DriftDetected,

    /// <summary>What had drifted is as declared again.</summary>
    DriftCorrected,

    /// <summary>The files of served models were read again, as the schedule says.</summary>
    WeightsVerified,

    /// <summary>A file of a served model is not what its digest says, or cannot be read.</summary>
    WeightsDamaged,

    /// <summary>A file that was damaged is whole again.</summary>
    WeightsRestored,

    /// <summary>A name is no longer declared and goes when its time is over.</summary>
    PruneScheduled,

    /// <summary>A name that is no longer declared was removed.</summary>
    Pruned,

    /// <summary>Names that are no longer declared are not removed, for a reason.</summary>
    PruneBlocked,

    /// <summary>A name could not be removed.</summary>
    PruneFailed,

    /// <summary>Somebody asked for a pass.</summary>
    SyncRequested,

    /// <summary>Somebody asked to try a failed model at once.</summary>
    RetryRequested,

    /// <summary>Changes are not applied until that ends.</summary>
    Suspended,

    /// <summary>Changes are applied again.</summary>
    Resumed,

    /// <summary>Whom the host trusts was changed.</summary>
    TrustChanged,

    /// <summary>A person approved a plan.</summary>
    Approved,

    /// <summary>A plan that needs an approval was carried out with one.</summary>
    ApprovalUsed,

    /// <summary>Settings of the host were read again.</summary>
    ConfigurationReloaded,

    /// <summary>Settings of the host were read again and are not good; those in force stay.</summary>
    ConfigurationRejected,

    /// <summary>What the state had forgotten was read back from the store.</summary>
    StateRebuilt,

    /// <summary>A pass ended in an error that nobody thought of.</summary>
    PassFailed,

    /// <summary>Passes succeed again.</summary>
    PassRecovered,
}
