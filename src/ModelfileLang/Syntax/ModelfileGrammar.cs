using Sprache;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>
/// The grammar of Modelfiles. Errors have productions too, so that a whole file can be read and every problem reported.
/// </summary>
internal static class ModelfileGrammar
{
    private static readonly Parser<Token> ParameterWord = ModelfileTokens.Keyword(name => name == "parameter");

    private static readonly Parser<Token> MessageWord = ModelfileTokens.Keyword(name => name == InstructionNames.Message);

    private static readonly Parser<Token> OtherWord = ModelfileTokens.Keyword(
        name => name is not ("parameter" or InstructionNames.Message));

    private static readonly Parser<Token> AnyWord = ModelfileTokens.Keyword(_ => true);

    /// <summary><c>NAME </c></summary>
    private static readonly Parser<Head> OtherHead =
        from word in OtherWord
        from blank in ModelfileTokens.Blank
        select new Head(word, word, InstructionNames.NameOf(word.Text)!);

    /// <summary><c>PARAMETER name </c></summary>
    private static readonly Parser<Head> ParameterHead =
        from word in ParameterWord
        from blank in ModelfileTokens.Blank
        from name in ModelfileTokens.ParameterName
        from secondBlank in ModelfileTokens.Blank
        select new Head(word, name, name.Text);

    /// <summary><c>MESSAGE role </c></summary>
    private static readonly Parser<Head> MessageHead =
        from word in MessageWord
        from blank in ModelfileTokens.Blank
        from role in ModelfileTokens.Letters.Where(role => InstructionNames.Roles.Contains(role.Text, StringComparer.Ordinal))
        from secondBlank in ModelfileTokens.Blank
        select new Head(word, role, InstructionNames.Message) { Prefix = role.Text + ": " };

    private static readonly Parser<Head> AnyHead = OtherHead.Or(ParameterHead).Or(MessageHead);

    private static readonly Parser<Statement> Complete =
        from head in AnyHead
        from value in ValueTokens.Value
        select new Statement.Complete(head.With(value));

    private static readonly Parser<Statement> Comment =
        from text in ModelfileTokens.Comment
        select new Statement.Comment(text.Span);

    private static readonly Parser<SyntaxProblem> UnclosedQuote =
        from head in AnyHead
        from quotes in ValueTokens.OpenQuotes
        from rest in ModelfileTokens.Word.Optional()
        from here in Source
        select SyntaxProblems.UnclosedQuote(here, head, quotes);

    private static readonly Parser<SyntaxProblem> WrongRole =
        from word in MessageWord
        from blank in ModelfileTokens.Blank
        from role in ModelfileTokens.Letters
        from next in ModelfileTokens.Here
        from here in Source
        select SyntaxProblems.WrongRole(here, word, role, next.Span.Offset);

    private static readonly Parser<SyntaxProblem> WrongParameterName =
        from word in ParameterWord
        from blank in ModelfileTokens.Blank
        from name in ModelfileTokens.ParameterName
        from next in ModelfileTokens.Here
        from here in Source
        select SyntaxProblems.WrongParameterName(here, word, name, next.Span.Offset);

    private static readonly Parser<SyntaxProblem> NameWithoutSpace =
        from word in AnyWord
        from next in ModelfileTokens.Here
        from here in Source
        select SyntaxProblems.NameWithoutSpace(here, word, next.Span.Offset);

    private static readonly Parser<SyntaxProblem> UnknownInstruction =
        from word in ModelfileTokens.Word
        from here in Source
        select SyntaxProblems.UnknownInstruction(here, word);

    private static readonly Parser<Statement> Broken =
        from problem in UnclosedQuote.Or(WrongRole).Or(WrongParameterName).Or(NameWithoutSpace).Or(UnknownInstruction)
        from told in ModelfileTokens.Resume(problem)
        select new Statement.Broken(told);

    /// <summary>Reads every file to its end.</summary>
    internal static readonly Parser<IEnumerable<Statement>> File =
        from leading in ModelfileTokens.Space
        from statements in Comment.Or(Complete).Or(Broken).Before(ModelfileTokens.Space).Many()
        from end in ModelfileTokens.Here.End()
        select statements;

    private static Parser<ModelfileSource> Source => input => Result.Success(((ModelfileInput)input).Scan.Source, input);

    private static Parser<T> Before<T>(this Parser<T> parser, Parser<Token> following) =>
        from value in parser
        from skipped in following
        select value;
}
