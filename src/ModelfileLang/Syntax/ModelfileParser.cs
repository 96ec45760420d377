using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>Text to instructions, exactly as the reference reads it. Pure; linear in the length of the text.</summary>
public static class ModelfileParser
{
    /// <summary>Parses the bytes of a file.</summary>
    public static ModelfileParseResult Parse(ReadOnlySpan<byte> bytes, string file = "") => Parse(ModelfileSource.Decode(bytes, file));

    /// <summary>Parses text that is decoded already.</summary>
    public static ModelfileParseResult Parse(string text, string file = "") => Parse(ModelfileSource.OfText(text, file));

    /// <summary>Parses a source.</summary>
    public static ModelfileParseResult Parse(ModelfileSource source)
    {
        var statements = ModelfileGrammar.File(new ModelfileInput(new ModelfileScan(source), position: 0)).Value.ToImmutableArray();
        var recovered = new Modelfile([.. statements.OfType<Statement.Complete>().Select(statement => statement.Instruction)])
        {
            Comments = [.. statements.OfType<Statement.Comment>().Select(statement => statement.Span)],
            Source = source,
        };

        var diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
        for (var index = 0; index < statements.Length; index++)
        {
            if (statements[index] is Statement.Broken broken)
                diagnostics.Add(Tell(source, broken.Problem, index > 0 ? statements[index - 1] : null));
        }

        var reference = statements.OfType<Statement.Broken>().FirstOrDefault()?.Problem.ReferenceError;
        if (!recovered.Named(InstructionNames.Model).Any())
        {
            reference ??= ReferenceErrors.NoFrom;
            if (!statements.OfType<Statement.Broken>().Any(broken => MayBeFrom(broken.Problem)))
                diagnostics.Add(NoFrom(source));
        }

        return new ModelfileParseResult(
            reference is null ? recovered : null, diagnostics.ToImmutable(), reference)
        { Recovered = recovered };
    }

    private static Diagnostic Tell(ModelfileSource source, SyntaxProblem problem, Statement? previous)
    {
        var hint = problem.Hint;
        if (hint is null
            && problem.Code == SyntaxRules.UnknownInstruction
            && previous is Statement.Complete { Instruction: var before }
            && IsText(before))
            hint = $"a text of several lines needs \"\"\" before and after it; the {before.Keyword} above ended with its line";
        return new Diagnostic(problem.Code, Severity.Error, source.File, problem.Span, problem.Message, hint);
    }

    private static bool IsText(Instruction instruction) =>
        instruction.Quotes == QuoteStyle.Bare
        && instruction.Name is InstructionNames.System or InstructionNames.Template or InstructionNames.License or InstructionNames.Message;

    private static bool MayBeFrom(SyntaxProblem problem) =>
        string.Equals(problem.Keyword.Text, "FROM", StringComparison.OrdinalIgnoreCase)
        || (problem.Hint?.Contains("FROM", StringComparison.Ordinal) ?? false);

    private static Diagnostic NoFrom(ModelfileSource source) => new(
        SyntaxRules.NoFrom,
        Severity.Error,
        source.File,
        source.Span(0, 0),
        "There is no FROM instruction.",
        "FROM names the base model or its file");
}
