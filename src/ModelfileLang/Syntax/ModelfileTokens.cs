using Sprache;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>The terminals of the grammar, each one step however long it is.</summary>
internal static class ModelfileTokens
{
    /// <summary>Line ends and blanks between instructions; may be empty.</summary>
    internal static readonly Parser<Token> Space = Run(Characters.IsTrimmed);

    /// <summary>Exactly one space or tab.</summary>
    internal static readonly Parser<Token> Blank = input =>
        !input.AtEnd && Characters.IsBlank(input.Current) ? Take(input, 1) : Fail<Token>(input, "a space");

    /// <summary>ASCII letters; may be empty.</summary>
    internal static readonly Parser<Token> Letters = Run(Characters.IsLetter);

    /// <summary>ASCII letters, digits and underscores; may be empty.</summary>
    internal static readonly Parser<Token> ParameterName = Run(Characters.IsParameterLetter);

    /// <summary>From <c>#</c> to the end of the line.</summary>
    internal static readonly Parser<Token> Comment = input =>
        !input.AtEnd && input.Current == '#' ? Take(input, RestOfLine(input)) : Fail<Token>(input, "a comment");

    /// <summary>Whatever stands up to the next blank or line end; never empty.</summary>
    internal static readonly Parser<Token> Word = input =>
    {
        if (input.AtEnd)
            return Fail<Token>(input, "a word");
        var rest = input.Source.AsSpan(input.Position);
        var length = rest.IndexOfAny(" \t\r\n");
        return Take(input, length < 0 ? rest.Length : length);
    };

    /// <summary>Takes nothing; returns the current place in the input.</summary>
    internal static readonly Parser<Token> Here = input => Take(input, 0);

    /// <summary>
    /// An instruction's word in any case that passes the test. One invisible character before it is lost, as in the reference.
    /// </summary>
    internal static Parser<Token> Keyword(Func<string, bool> isWanted) => input =>
    {
        if (input.AtEnd || Characters.IsTrimmed(input.Current) || input.Current == '#')
            return Fail<Token>(input, "an instruction");

        var first = Characters.RuneAt(input.Source, input.Position);
        var start = input.Position + (Characters.IsKept(first) ? 0 : first.Utf16SequenceLength);
        var end = start;
        while (end < input.Source.Length && Characters.IsLetter(input.Source[end]))
            end++;

        return InstructionNames.NameOf(input.Source.AsSpan(start..end)) is { } name && isWanted(name)
            ? Take(At(input, start), end - start)
            : Fail<Token>(input, "an instruction");
    };

    /// <summary>Goes to where reading can go on after a problem: a later line that begins with an instruction, or the end.</summary>
    internal static Parser<SyntaxProblem> Resume(SyntaxProblem problem) => input =>
    {
        var scan = ((ModelfileInput)input).Scan;
        var upperCaseOnly = problem.Code == SyntaxRules.UnclosedQuote && !problem.Keyword.Text.Any(char.IsAsciiLetterLower);
        var line = scan.LineWithInstruction(problem.Keyword.Span.Line + 1, upperCaseOnly);
        return Result.Success(problem, At(input, line is null ? input.Source.Length : scan.Source.StartOf(line.Value)));
    };

    internal static IResult<T> Fail<T>(IInput input, string expected) => Result.Failure<T>(input, "unexpected text", [expected]);

    internal static ModelfileInput At(IInput input, int position) => ((ModelfileInput)input).At(position);

    internal static IResult<Token> Take(IInput input, int length)
    {
        var source = ((ModelfileInput)input).Scan.Source;
        var token = new Token(source.Text.Substring(input.Position, length), source.Span(input.Position, length));
        return Result.Success(token, At(input, input.Position + length));
    }

    private static Parser<Token> Run(Func<char, bool> isMember) => input =>
    {
        var end = input.Position;
        while (end < input.Source.Length && isMember(input.Source[end]))
            end++;
        return Take(input, end - input.Position);
    };

    private static int RestOfLine(IInput input)
    {
        var length = input.Source.AsSpan(input.Position).IndexOfAny('\r', '\n');
        return length < 0 ? input.Source.Length - input.Position : length;
    }
}
