using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.Revisions;

/// <summary>A revision that is not good.</summary>
internal sealed record RejectedRevision(string Revision, string Reason, string Message, ImmutableArray<Diagnostic> Diagnostics);
