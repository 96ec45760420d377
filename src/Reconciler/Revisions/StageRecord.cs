using ModelOps.Reconciler.Reasons;

namespace ModelOps.Reconciler.Revisions;

/// <summary>The verdict of one stage over one revision, as it is kept.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Verdict">What it found.</param>
/// <param name="Reason">Why, one word of the closed list.</param>
/// <param name="Message">Why, and the next step; for signatures that are good whose they are, else empty when it is good.</param>
/// <param name="At">When it was judged.</param>
public sealed record StageRecord(RevisionStage Stage, StageVerdict Verdict, ConditionReason Reason, string Message, DateTimeOffset At);
