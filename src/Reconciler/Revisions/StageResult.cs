using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Reasons;

namespace ModelOps.Reconciler.Revisions;

/// <summary>What one stage says of a revision.</summary>
internal sealed record StageResult(StageVerdict Verdict, ConditionReason Reason, string Message)
{
    /// <summary>Nothing speaks against it.</summary>
    internal static StageResult Passed { get; } = new(StageVerdict.Passed, ConditionReason.NoChange, "");

    /// <summary>The host asks for nothing here.</summary>
    internal static StageResult NotAsked { get; } = new(StageVerdict.NotAsked, ConditionReason.NoChange, "");

    /// <summary>Problems with their places, where the stage reads files.</summary>
    internal ImmutableArray<Diagnostic> Diagnostics { get; init; } = [];

    internal static StageResult Failed(ConditionReason reason, string message) => new(StageVerdict.Failed, reason, message);
}
