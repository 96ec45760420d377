using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>A word of the source.</summary>
internal sealed record Token(string Text, SourceSpan Span);

/// <summary>A value of the source, read.</summary>
internal sealed record ValueToken(string Text, SourceSpan Span, SourceSpan Content, QuoteStyle Quotes, bool HasDroppedCharacters);
