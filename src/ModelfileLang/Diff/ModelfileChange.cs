using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Diff;

/// <summary>What happened to a thing.</summary>
public enum ChangeKind
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>It is gone.</summary>
    Removed,

    /// <summary>It is another.</summary>
    Changed,
}

/// <summary>What happened to a piece of text.</summary>
public enum EditKind
{
    /// <summary>It is in both.</summary>
    Same,

    /// <summary>It is only in the old text.</summary>
    Removed,

    /// <summary>It is only in the new text.</summary>
    Added,
}

/// <summary>A piece of a comparison: a run of words, or one item of a list.</summary>
public sealed record TextEdit(EditKind Kind, string Text);

/// <summary>How the value of a change is best shown.</summary>
public enum ChangeStyle
{
    /// <summary>A short value: old, arrow, new.</summary>
    Value,

    /// <summary>Prose; the edits are words.</summary>
    Text,

    /// <summary>A list; the edits are its items.</summary>
    List,
}

/// <summary>One change of meaning between two Modelfiles.</summary>
/// <param name="Subject">What changed, as a Modelfile names it: <c>SYSTEM</c>, <c>PARAMETER num_ctx</c>.</param>
/// <param name="Kind">What happened to it.</param>
/// <param name="Class">What it costs.</param>
/// <param name="Style">How it is best shown.</param>
/// <param name="Before">The old items; one unless it is a list, none when added.</param>
/// <param name="After">The new items; none when removed.</param>
/// <param name="Edits">From the old to the new; empty for a short value.</param>
/// <param name="Place">Where the new Modelfile says so; where the old one did when removed.</param>
public sealed record ModelfileChange(
    string Subject,
    ChangeKind Kind,
    UpdateClass Class,
    ChangeStyle Style,
    ImmutableArray<string> Before,
    ImmutableArray<string> After,
    ImmutableArray<TextEdit> Edits,
    SourceSpan Place);
