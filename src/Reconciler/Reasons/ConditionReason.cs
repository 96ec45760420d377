namespace ModelOps.Reconciler.Reasons;

/// <summary>Why a condition is as it is. A closed list; <c>docs/spec/status.md</c> says what each one means.</summary>
public enum ConditionReason
{
    /// <summary>A revision is wanted and not in force yet.</summary>
    NewRevision,

    /// <summary>All is as it should be.</summary>
    NoChange,

    /// <summary>The network, the server or the disk of the source failed.</summary>
    FetchFailed,

    /// <summary>There is no such repository, branch, folder or commit.</summary>
    SourceMissing,

    /// <summary>The location of the source is not one that is accepted.</summary>
    SourceInvalid,

    /// <summary>The source did not answer for longer than its limit.</summary>
    SourceStale,

    /// <summary>The ssh host key of the source is not known here.</summary>
    HostKeyUnknown,

    /// <summary>The ssh host key of the source is not the known one.</summary>
    HostKeyMismatch,

    /// <summary>The source does not let us in.</summary>
    AuthFailed,

    /// <summary>The git program is missing or too old.</summary>
    GitMissing,

    /// <summary>The newest revision does not contain the accepted one.</summary>
    HistoryRewound,

    /// <summary>The signatures of the newest revision are not those that are asked for.</summary>
    SignatureRejected,

    /// <summary>The newest revision has errors.</summary>
    InvalidRevision,

    /// <summary>A policy of the host forbids what the newest revision asks for.</summary>
    PolicyDenied,

    /// <summary>A model could not be downloaded.</summary>
    PullFailed,

    /// <summary>Downloaded content is not what its digest says.</summary>
    DigestMismatch,

    /// <summary>A file of what is served is not what its digest says.</summary>
    WeightsDamaged,

    /// <summary>The disk has no room left.</summary>
    DiskFull,

    /// <summary>A build could not be made.</summary>
    BuildFailed,

    /// <summary>There is not enough memory for what is declared.</summary>
    InsufficientMemory,

    /// <summary>A build could not be loaded.</summary>
    WarmFailed,

    /// <summary>A build did not pass its smoke questions.</summary>
    GateFailed,

    /// <summary>A build served its share of the requests badly.</summary>
    CanaryAborted,

    /// <summary>An earlier build serves again.</summary>
    RolledBack,

    /// <summary>A person refused the build that git asks for.</summary>
    Held,

    /// <summary>A pinned model is not in memory.</summary>
    ResidencyLost,

    /// <summary>Another server on the same store has the name.</summary>
    NameConflict,

    /// <summary>Something undoes the same correction again and again.</summary>
    Fight,

    /// <summary>Reality left the declaration and is not put right.</summary>
    Drifted,

    /// <summary>More names would be removed at once than is allowed.</summary>
    PruneBlocked,

    /// <summary>Changes are not applied, by command or by git.</summary>
    Suspended,

    /// <summary>A maintenance window forbids changes now.</summary>
    WindowClosed,

    /// <summary>A model that this one is built from, or depends on, is not ready.</summary>
    DependencyNotReady,

    /// <summary>A step took too long.</summary>
    Timeout,

    /// <summary>A fault of ModelOps itself.</summary>
    Internal,
}
