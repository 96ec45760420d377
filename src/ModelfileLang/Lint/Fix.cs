using System.Collections.Immutable;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>A replacement of some characters of a source.</summary>
public sealed record SourceEdit(int Offset, int Length, string Replacement);

/// <summary>A change that removes a finding and leaves the meaning as it is.</summary>
/// <param name="Title">What it does.</param>
/// <param name="Edits">In order, not overlapping.</param>
public sealed record Fix(string Title, ImmutableArray<SourceEdit> Edits);
