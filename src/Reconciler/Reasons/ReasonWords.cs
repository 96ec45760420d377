using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Reasons;

/// <summary>Reasons that other parts name in their own words.</summary>
internal static class ReasonWords
{
    /// <summary>The reason of this name. A word that is none is a fault of ours, and says so.</summary>
    internal static ConditionReason Of(string word) =>
        Enum.TryParse<ConditionReason>(word, out var reason) && Enum.IsDefined(reason) ? reason : ConditionReason.Internal;

    internal static ConditionReason Of(SourceFailure failure) => failure switch
    {
        SourceFailure.FetchFailed => ConditionReason.FetchFailed,
        SourceFailure.SourceMissing => ConditionReason.SourceMissing,
        SourceFailure.AuthFailed => ConditionReason.AuthFailed,
        SourceFailure.HostKeyUnknown => ConditionReason.HostKeyUnknown,
        SourceFailure.HostKeyMismatch => ConditionReason.HostKeyMismatch,
        SourceFailure.SourceInvalid => ConditionReason.SourceInvalid,
        SourceFailure.GitMissing => ConditionReason.GitMissing,
        SourceFailure.Timeout => ConditionReason.Timeout,
        _ => ConditionReason.Internal,
    };
}
