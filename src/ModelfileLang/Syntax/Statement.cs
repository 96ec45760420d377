using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>What the grammar finds between line ends.</summary>
internal abstract record Statement
{
    internal sealed record Complete(Instruction Instruction) : Statement;

    internal sealed record Comment(SourceSpan Span) : Statement;

    internal sealed record Broken(SyntaxProblem Problem) : Statement;
}

/// <summary>Why the reference would stop here.</summary>
/// <param name="Keyword">The word that began the instruction; its case decides where reading can go on.</param>
/// <param name="Code">Rule that reports it to the user.</param>
/// <param name="Span">The smallest piece that is wrong.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What to write instead, when we know.</param>
/// <param name="ReferenceError">The text that the reference would print.</param>
internal sealed record SyntaxProblem(Token Keyword, string Code, SourceSpan Span, string Message, string? Hint, string ReferenceError);
