using ModelOps.ModelfileLang.Parameters;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>One problem each: where, what, what to write instead, and what the reference would say.</summary>
internal static class SyntaxProblems
{
    private const int LongestQuote = 40;

    internal static SyntaxProblem UnclosedQuote(ModelfileSource source, Head head, Token quotes)
    {
        var rest = source.Text[(quotes.Span.Offset + quotes.Span.Length)..source.EndOf(quotes.Span.Line)];
        var hint = rest.Contains(quotes.Text, StringComparison.Ordinal)
            ? "nothing may follow the closing quote; put the quotes around all of the text"
            : $"put {quotes.Text} at the end of the last line of the text";
        return new SyntaxProblem(
            head.Word, SyntaxRules.UnclosedQuote, quotes.Span, $"The {quotes.Text} that opens this value is never closed.", hint,
            ReferenceErrors.UnexpectedEnd);
    }

    internal static SyntaxProblem WrongRole(ModelfileSource source, Token word, Token role, int next)
    {
        var isWord = next < source.Text.Length && Characters.IsBlank(source.Text[next]);
        var reference = isWord ? ReferenceErrors.RoleAt(source.Text, next) : ReferenceErrors.CutAt(source.Text, next, role.Text);
        var (message, hint) = (isWord, role.Text) switch
        {
            (true, "") => ("The role of this message is missing.", "one space after MESSAGE, then system, user or assistant"),
            (true, _) => (
                $"'{role.Text}' is not a message role.",
                DidYouMean(role.Text, InstructionNames.Roles) ?? "write system, user or assistant"),
            _ when IsKnownRole(role.Text) => ("The role must be followed by a space and the text of the message.", null),
            _ => ("A message needs a role of letters and a text.", "MESSAGE user Hello"),
        };
        return new SyntaxProblem(word, SyntaxRules.MessageRole, role.Text.Length > 0 ? role.Span : word.Span, message, hint, reference);
    }

    internal static SyntaxProblem WrongParameterName(ModelfileSource source, Token word, Token name, int next)
    {
        var atEndOfLine = next >= source.Text.Length || Characters.IsNewline(source.Text[next]);
        var message = (atEndOfLine, name.Text) switch
        {
            (true, "") => "The parameter has no name.",
            (true, _) => $"The parameter '{name.Text}' has no value.",
            _ => $"'{Shown(source, next)}' cannot stand in the name of a parameter.",
        };
        var whole = atEndOfLine ? name.Text : name.Text + source.Text[next..EndOfWord(source, next)];
        var hint = DidYouMean(whole.Replace('-', '_').TrimEnd('=', ':'), ParameterCatalogue.Names, acceptEqual: !atEndOfLine);
        var span = atEndOfLine
            ? (name.Text.Length > 0 ? name.Span : word.Span)
            : source.Span(next, Characters.RuneAt(source.Text, next).Utf16SequenceLength);
        return new SyntaxProblem(
            word, SyntaxRules.ParameterName, span, message, hint, ReferenceErrors.CutAt(source.Text, next, name.Text));
    }

    internal static SyntaxProblem NameWithoutSpace(ModelfileSource source, Token word, int next)
    {
        var atEndOfLine = next >= source.Text.Length || Characters.IsNewline(source.Text[next]);
        var keyword = word.Text.ToUpperInvariant();
        return new SyntaxProblem(
            word,
            SyntaxRules.NameWithoutSpace,
            word.Span,
            atEndOfLine ? $"{keyword} has no value." : $"{keyword} must be followed by a space, not by '{Shown(source, next)}'.",
            atEndOfLine && keyword is not ("FROM" or "PARAMETER" or "MESSAGE") ? $"write {keyword} \"\" for an empty text" : null,
            ReferenceErrors.CommandAt(source.Text, next));
    }

    internal static SyntaxProblem UnknownInstruction(ModelfileSource source, Token word)
    {
        var stop = word.Span.Offset + Characters.RuneAt(source.Text, word.Span.Offset).Utf16SequenceLength;
        while (stop < source.Text.Length && Characters.IsLetter(source.Text[stop]))
            stop++;

        var hint = ParameterCatalogue.Find(word.Text) is not null
            ? $"did you mean PARAMETER {word.Text}?"
            : DidYouMean(word.Text.ToUpperInvariant().TrimEnd('=', ':'), InstructionNames.Keywords, acceptEqual: true);
        return new SyntaxProblem(
            word, SyntaxRules.UnknownInstruction, word.Span, $"'{Short(word.Text)}' is not an instruction.", hint,
            ReferenceErrors.CommandAt(source.Text, stop));
    }

    private static string? DidYouMean(string word, IEnumerable<string> known, bool acceptEqual = false) =>
        Suggestion.For(word, known, acceptEqual) is { } suggestion ? $"did you mean {suggestion}?" : null;

    private static bool IsKnownRole(string role) => InstructionNames.Roles.Contains(role, StringComparer.Ordinal);

    private static int EndOfWord(ModelfileSource source, int from)
    {
        var length = source.Text.AsSpan(from).IndexOfAny(" \t\r\n");
        return length < 0 ? source.Text.Length : from + length;
    }

    /// <summary>A character as a message can show it.</summary>
    private static string Shown(ModelfileSource source, int index)
    {
        var rune = Characters.RuneAt(source.Text, index);
        return Characters.IsKept(rune) ? rune.ToString() : $"U+{rune.Value:X4}";
    }

    private static string Short(string text) => text.Length <= LongestQuote ? text : text[..(LongestQuote - 1)] + "…";
}
