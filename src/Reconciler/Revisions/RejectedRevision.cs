using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Reasons;

namespace ModelOps.Reconciler.Revisions;

/// <summary>A revision that is not good.</summary>
internal sealed record RejectedRevision(
    string Revision, ConditionReason Reason, string Message, ImmutableArray<Diagnostic> Diagnostics);
