using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Syntax;

internal enum TokenKind
{
    /// <summary>Text outside of tags.</summary>
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    Text,
    Integer,
    Real,
    Operator,
    End,
}

/// <summary>One word of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; for strings, what they mean.</param>
/// <param name="Place">Where it begins.</param>
/// <param name="Number">Value of a number.</param>
internal sealed record Token(TokenKind Kind, string Text, Place Place, object? Number = null)
{
    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    public bool IsOperator(string sign) => Kind == TokenKind.Operator && Text == sign;

    public string Describe() => Kind switch
    {
        TokenKind.End => "end of template",
        TokenKind.BlockEnd => "end of statement block",
        TokenKind.VariableEnd => "end of print statement",
        TokenKind.Data => "template data",
        _ => Text,
    };
}
