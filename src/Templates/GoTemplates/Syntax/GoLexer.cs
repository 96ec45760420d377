using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Syntax;

/// <summary>Cuts a template into tokens, one at a time. After an error or the end it stays there.</summary>
internal sealed class GoLexer(string text)
{
    private const string LeftDelimiter = "{{";
    private const string RightDelimiter = "}}";
    private const string LeftComment = "/*";
    private const string RightComment = "*/";

    /// <summary>A minus sign and the white space beside it.</summary>
    private const int TrimMarkerLength = 2;

    private int _start;
    private int _position;
    private int _parentheses;
    private bool _isInside;
    private GoToken? _last;

    internal GoToken Next()
    {
        if (_last is { } last)
            return last;
        while (true)
        {
            var token = _isInside ? Inside() : Outside();
            if (token is not { } found)
                continue;
            if (found.Kind is GoTokenKind.Error or GoTokenKind.EndOfText)
                _last = found;
            return found;
        }
    }

    private bool IsAt(string what) => text.AsSpan(_position).StartsWith(what, StringComparison.Ordinal);

    private bool IsAtEnd => _position >= text.Length;

    private GoToken Emit(GoTokenKind kind)
    {
        var token = new GoToken(kind, text[_start.._position], _start);
        _start = _position;
        return token;
    }

    private GoToken Fail(string message) => new(GoTokenKind.Error, message, _start);

    private void Ignore() => _start = _position;

    /// <summary>Text up to the next action; null when there was none.</summary>
    private GoToken? Outside()
    {
        var delimiter = text.IndexOf(LeftDelimiter, _position, StringComparison.Ordinal);
        if (delimiter < 0)
        {
            _position = text.Length;
            return _position > _start ? Emit(GoTokenKind.Text) : new GoToken(GoTokenKind.EndOfText, "", _position);
        }

        if (delimiter > _position)
        {
            var end = delimiter;
            if (HasLeftTrimMarker(delimiter + LeftDelimiter.Length))
            {
                while (end > _position && GoCharacters.IsSpace(text[end - 1]))
                    end--;
            }

            _position = end;
            var token = end > _start ? Emit(GoTokenKind.Text) : (GoToken?)null;
            _position = delimiter;
            Ignore();
            if (token is not null)
                return token;
        }

        return EnterAction();
    }

    private GoToken? EnterAction()
    {
        _position += LeftDelimiter.Length;
        var marker = HasLeftTrimMarker(_position) ? TrimMarkerLength : 0;
        if (text.AsSpan(_position + marker).StartsWith(LeftComment, StringComparison.Ordinal))
        {
            _position += marker;
            Ignore();
            return Comment();
        }

        var token = Emit(GoTokenKind.LeftDelimiter);
        _position += marker;
        Ignore();
        _parentheses = 0;
        _isInside = true;
        return token;
    }

    /// <summary>Passes over a comment; null when all is well.</summary>
    private GoToken? Comment()
    {
        var end = text.IndexOf(RightComment, _position + LeftComment.Length, StringComparison.Ordinal);
        if (end < 0)
            return Fail("unclosed comment");
        _position = end + RightComment.Length;
        if (!IsAtRightDelimiter(out var trims))
            return Fail("comment ends before closing delimiter");
        LeaveAction(trims);
        return null;
    }

    private void LeaveAction(bool trims)
    {
        _position += RightDelimiter.Length + (trims ? TrimMarkerLength : 0);
        while (trims && !IsAtEnd && GoCharacters.IsSpace(text[_position]))
            _position++;
        _isInside = false;
        Ignore();
    }

    private bool HasLeftTrimMarker(int position) =>
        position + 1 < text.Length && text[position] == '-' && GoCharacters.IsSpace(text[position + 1]);

    private bool HasRightTrimMarker(int position) =>
        position + 1 < text.Length && GoCharacters.IsSpace(text[position]) && text[position + 1] == '-'
        && text.AsSpan(position + TrimMarkerLength).StartsWith(RightDelimiter, StringComparison.Ordinal);

    private bool IsAtRightDelimiter(out bool trims)
    {
        trims = HasRightTrimMarker(_position);
        return trims || IsAt(RightDelimiter);
    }

    private GoToken? Inside()
    {
        if (IsAtRightDelimiter(out var trims))
            return _parentheses == 0 ? Close(trims) : Fail("unclosed left paren");
        if (IsAtEnd)
            return Fail("unclosed action");

        var character = text[_position];
        if (GoCharacters.IsSpace(character))
            return Space();
        switch (character)
        {
            case '"' or '\'':
                return Quoted(character);
            case '`':
                return RawString();
            case '$':
                _position++;
                return FieldOrVariable(GoTokenKind.Variable);
            case '.' when _position + 1 >= text.Length || !char.IsAsciiDigit(text[_position + 1]):
                _position++;
                return FieldOrVariable(GoTokenKind.Field);
            case '.' or '+' or '-' or (>= '0' and <= '9'):
                return Number();
        }

        if (GoCharacters.IsWord(GoCharacters.At(text, _position)))
            return Word();
        return Punctuation(character);
    }

    private GoToken Close(bool trims)
    {
        var position = _position;
        LeaveAction(trims);
        return new GoToken(GoTokenKind.RightDelimiter, RightDelimiter, position);
    }

    /// <summary>A run of white space; its last part may belong to the closing delimiter.</summary>
    private GoToken? Space()
    {
        var first = _position;
        while (!IsAtEnd && GoCharacters.IsSpace(text[_position]))
            _position++;
        if (HasRightTrimMarker(_position - 1))
        {
            _position--;
            if (_position == first)
                return Close(trims: true);
        }

        return Emit(GoTokenKind.Space);
    }

    private GoToken Punctuation(char character)
    {
        _position++;
        switch (character)
        {
            case '=':
                return Emit(GoTokenKind.Assign);
            case ':':
                if (IsAtEnd || text[_position] != '=')
                    return Fail("expected :=");
                _position++;
                return Emit(GoTokenKind.Declare);
            case '|':
                return Emit(GoTokenKind.Pipe);
            case '(':
                _parentheses++;
                return Emit(GoTokenKind.LeftParenthesis);
            case ')':
                _parentheses--;
                return _parentheses < 0 ? Fail("unexpected right paren") : Emit(GoTokenKind.RightParenthesis);
            case > ' ' and < '\x7F':
                return Emit(GoTokenKind.Character);
            default:
                return Fail($"unrecognized character in action: {GoCharacters.Name(GoCharacters.At(text, _position - 1))}");
        }
    }

    private GoToken Quoted(char quote)
    {
        _position++;
        while (!IsAtEnd && text[_position] != '\n')
        {
            var character = text[_position++];
            if (character == quote)
                return Emit(quote == '"' ? GoTokenKind.String : GoTokenKind.CharacterConstant);
            if (character == '\\' && !IsAtEnd && text[_position] != '\n')
                _position++;
        }

        return Fail(quote == '"' ? "unterminated quoted string" : "unterminated character constant");
    }

    private GoToken RawString()
    {
        var end = text.IndexOf('`', _position + 1);
        if (end < 0)
            return Fail("unterminated raw quoted string");
        _position = end + 1;
        return Emit(GoTokenKind.RawString);
    }

    private GoToken Word()
    {
        SkipWord();
        if (!IsAtTerminator())
            return Fail($"bad character {GoCharacters.Name(GoCharacters.At(text, _position))}");
        return Emit(KindOf(text.AsSpan(_start, _position - _start)));
    }

    private static GoTokenKind KindOf(ReadOnlySpan<char> word) => word switch
    {
        "true" or "false" => GoTokenKind.Bool,
        "nil" => GoTokenKind.Nil,
        "block" => GoTokenKind.Block,
        "break" => GoTokenKind.Break,
        "continue" => GoTokenKind.Continue,
        "define" => GoTokenKind.Define,
        "else" => GoTokenKind.Else,
        "end" => GoTokenKind.End,
        "if" => GoTokenKind.If,
        "range" => GoTokenKind.Range,
        "template" => GoTokenKind.Template,
        "with" => GoTokenKind.With,
        _ => GoTokenKind.Identifier,
    };

    private void SkipWord()
    {
        while (!IsAtEnd && GoCharacters.IsWord(GoCharacters.At(text, _position)))
            _position += GoCharacters.Length(text, _position);
    }

    /// <summary>After <c>.</c> or <c>$</c>: with nothing behind it, it stands for itself.</summary>
    private GoToken FieldOrVariable(GoTokenKind kind)
    {
        if (IsAtTerminator())
            return Emit(kind == GoTokenKind.Variable ? kind : GoTokenKind.Dot);
        SkipWord();
        if (!IsAtTerminator())
            return Fail($"bad character {GoCharacters.Name(GoCharacters.At(text, _position))}");
        return Emit(kind);
    }

    /// <summary>Whether a word may end here.</summary>
    private bool IsAtTerminator() =>
        IsAtEnd
            || GoCharacters.IsSpace(text[_position])
            || text[_position] is '.' or ',' or '|' or ':' or ')' or '('
            || IsAt(RightDelimiter);

    private GoToken Number()
    {
        var isGood = ScanNumber();
        if (isGood && !IsAtEnd && text[_position] is '+' or '-')
        {
            isGood = ScanNumber() && text[_position - 1] == 'i';
            if (isGood)
                return Emit(GoTokenKind.Complex);
        }

        return isGood ? Emit(GoTokenKind.Number) : Fail($"bad number syntax: \"{text[_start.._position]}\"");
    }

    private bool ScanNumber()
    {
        Accept("+-");
        var digits = "0123456789_";
        if (Accept("0"))
            digits = Accept("xX") ? "0123456789abcdefABCDEF_" : Accept("oO") ? "01234567_" : Accept("bB") ? "01_" : digits;
        AcceptAll(digits);
        if (Accept("."))
            AcceptAll(digits);
        if ((digits.Length == 11 && Accept("eE")) || (digits.Length == 23 && Accept("pP")))
        {
            Accept("+-");
            AcceptAll("0123456789_");
        }

        Accept("i");
        if (IsAtEnd || !GoCharacters.IsWord(GoCharacters.At(text, _position)))
            return true;
        _position += GoCharacters.Length(text, _position);
        return false;
    }

    private bool Accept(string characters)
    {
        if (IsAtEnd || !characters.Contains(text[_position], StringComparison.Ordinal))
            return false;
        _position++;
        return true;
    }

    private void AcceptAll(string characters)
    {
        while (Accept(characters))
        {
            // Each call moves on by one character.
        }
    }
}
