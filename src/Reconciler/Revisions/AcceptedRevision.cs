using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Revisions;

/// <summary>A revision that is good.</summary>
internal sealed record AcceptedRevision(DesiredState Desired, IRevisionTree Tree, ImmutableArray<Diagnostic> Diagnostics);
