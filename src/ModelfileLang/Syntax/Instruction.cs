using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>How a value was delimited in the source.</summary>
public enum QuoteStyle
{
    /// <summary>Not at all.</summary>
    Bare,

    /// <summary>With <c>"</c>.</summary>
    Quoted,

    /// <summary>With <c>"""</c>.</summary>
    TripleQuoted,
}

/// <summary>One instruction of a Modelfile.</summary>
/// <param name="Name">Internal name: <c>model</c> for FROM, the parameter's own name for PARAMETER, else the word in lower case.</param>
/// <param name="Value">The value without its quotes; of a message <c>role: text</c>.</param>
/// <param name="Span">From the first letter of the word to the end of the value.</param>
/// <param name="ValueSpan">The value with its quotes.</param>
public sealed record Instruction(string Name, string Value, SourceSpan Span, SourceSpan ValueSpan)
{
    /// <summary>The word as written: <c>FROM</c>, <c>parameter</c>.</summary>
    public string Keyword { get; init; } = InstructionNames.KeywordOf(Name);

    /// <summary>The word.</summary>
    public SourceSpan KeywordSpan { get; init; }

    /// <summary>The parameter's name or the message's role; the word itself for all others.</summary>
    public SourceSpan NameSpan { get; init; }

    /// <summary>The value without its quotes, as it stands in the source.</summary>
    public SourceSpan ContentSpan { get; init; }

    /// <summary>How the value was delimited.</summary>
    public QuoteStyle Quotes { get; init; }

    /// <summary>Whether invisible characters were dropped while the value was read.</summary>
    public bool HasDroppedCharacters { get; init; }

    /// <summary>Whether the name is a parameter's.</summary>
    public bool IsParameter => !InstructionNames.IsInstruction(Name);

    /// <summary>Of a message: what stands before the first <c>": "</c>; else empty.</summary>
    public string Role => IsMessage ? Cut().Role : "";

    /// <summary>Of a message: what stands after the first <c>": "</c>; else the value.</summary>
    public string Text => IsMessage ? Cut().Text : Value;

    private bool IsMessage => Name == InstructionNames.Message;

    private (string Role, string Text) Cut()
    {
        var at = Value.IndexOf(": ", StringComparison.Ordinal);
        return at < 0 ? (Value, "") : (Value[..at], Value[(at + 2)..]);
    }
}
