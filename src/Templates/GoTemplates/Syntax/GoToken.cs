namespace ModelOps.Templates.GoTemplates.Syntax;

/// <summary>Kinds of token inside and outside actions.</summary>
internal enum GoTokenKind : byte
{
    Error,
    EndOfText,
    Text,
    LeftDelimiter,
    RightDelimiter,
    Space,
    Assign,
    Declare,
    Pipe,
    LeftParenthesis,
    RightParenthesis,
    Character,
    String,
    RawString,
    CharacterConstant,
    Number,
    Complex,
    Bool,
    Identifier,
    Field,
    Variable,
    Dot,
    Nil,

    // Keywords.
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Range,
    Template,
    With,
}

/// <summary>A piece of a template's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The text; of an error, what is wrong.</param>
/// <param name="Position">Offset in the template.</param>
internal readonly record struct GoToken(GoTokenKind Kind, string Text, int Position)
{
    internal bool IsOperand => Kind is GoTokenKind.Bool or GoTokenKind.CharacterConstant or GoTokenKind.Complex or GoTokenKind.Dot
        or GoTokenKind.Field or GoTokenKind.Identifier or GoTokenKind.Number or GoTokenKind.Nil or GoTokenKind.RawString
        or GoTokenKind.String or GoTokenKind.Variable or GoTokenKind.LeftParenthesis;

    /// <summary>How error texts show it.</summary>
    public override string ToString() => Kind switch
    {
        GoTokenKind.EndOfText => "EOF",
        GoTokenKind.Error => Text,
        >= GoTokenKind.Block or GoTokenKind.Dot or GoTokenKind.Nil => $"<{Text}>",
        _ when Text.Length > 10 => $"\"{Text[..10]}\"...",
        _ => $"\"{Text}\"",
    };
}
