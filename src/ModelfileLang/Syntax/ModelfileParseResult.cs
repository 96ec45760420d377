using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>A Modelfile, or everything that is wrong with its text.</summary>
/// <param name="Modelfile">Null exactly when the reference refuses the file.</param>
/// <param name="Diagnostics">Every problem, in file order.</param>
/// <param name="ReferenceError">The one text that the reference would print; null when it accepts the file.</param>
public sealed record ModelfileParseResult(Modelfile? Modelfile, ImmutableArray<Diagnostic> Diagnostics, string? ReferenceError)
{
    /// <summary>What could be read in spite of problems; the whole file when there are none.</summary>
    public required Modelfile Recovered { get; init; }

    /// <summary>Whether the reference accepts the file too.</summary>
    [MemberNotNullWhen(true, nameof(Modelfile))]
    [MemberNotNullWhen(false, nameof(ReferenceError))]
    public bool Succeeded => Modelfile is not null;
}
