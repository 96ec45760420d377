using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>A parsed Modelfile: its instructions in file order.</summary>
public sealed record Modelfile(ImmutableArray<Instruction> Instructions)
{
    /// <summary>The comments, each from <c>#</c> to the end of its line.</summary>
    public ImmutableArray<SourceSpan> Comments { get; init; } = [];

    /// <summary>The text that the spans point into.</summary>
    public ModelfileSource Source { get; init; } = ModelfileSource.OfText("");

    /// <summary>The instructions of one internal name, in file order.</summary>
    public IEnumerable<Instruction> Named(string name) => Instructions.Where(instruction => instruction.Name == name);
}
