namespace ModelOps.ModelfileLang.Syntax;

/// <summary>What stands before a value.</summary>
/// <param name="Word">The instruction's word.</param>
/// <param name="NameToken">The parameter's name or the role; else the word.</param>
/// <param name="Name">The internal name.</param>
internal sealed record Head(Token Word, Token NameToken, string Name)
{
    /// <summary>Put before a message's text.</summary>
    internal string Prefix { get; init; } = "";

    internal Instruction With(ValueToken value)
    {
        var end = Math.Max(value.Span.Offset + value.Span.Length, NameToken.Span.Offset + NameToken.Span.Length);
        var last = end == value.Span.Offset + value.Span.Length ? value.Span : NameToken.Span;
        var span = Word.Span with { Length = end - Word.Span.Offset, EndLine = last.EndLine, EndColumn = last.EndColumn };
        return new Instruction(Name, Prefix + value.Text, span, value.Span)
        {
            Keyword = Word.Text,
            KeywordSpan = Word.Span,
            NameSpan = NameToken.Span,
            ContentSpan = value.Content,
            Quotes = value.Quotes,
            HasDroppedCharacters = value.HasDroppedCharacters,
        };
    }
}
