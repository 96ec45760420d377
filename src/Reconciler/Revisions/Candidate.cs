using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Revisions;

/// <summary>A revision on its way through the stages, with what they found in it.</summary>
internal sealed class Candidate(IRevisionTree tree)
{
    internal IRevisionTree Tree { get; } = tree;

    internal RevisionFacts Facts => Tree.Facts;

    internal string Revision => Tree.Facts.Revision;

    /// <summary>What it asks for; set by the stage that reads it.</summary>
    internal DesiredState? Desired { get; set; }

    /// <summary>The accepted revision that is not in its history, although that is followed; null when nothing is left behind.</summary>
    internal string? Left { get; set; }

    /// <summary>What is questionable in it.</summary>
    internal ImmutableArray<Diagnostic> Diagnostics { get; set; } = [];

    /// <summary>The revision for people.</summary>
    internal string Describe() => Facts.Subject.Length == 0
        ? $"revision {ShortId.Of(Revision)}"
        : $"revision {ShortId.Of(Revision)} by {Facts.Author}: {Facts.Subject}";
}
