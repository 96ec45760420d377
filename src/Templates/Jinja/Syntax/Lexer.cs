using ModelOps.Templates.Jinja.Values;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.Jinja.Syntax;

/// <summary>
/// Cuts a template into tokens, white space control (<c>trim_blocks</c>, <c>lstrip_blocks</c>, <c>-</c>, <c>+</c>) applied.
/// </summary>
internal sealed class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private readonly Lines _lines;
    private int _index;

    // Whether what comes next begins a line, so that white space before a tag may be dropped.
    private bool _lineStarts = true;

    private Lexer(string source)
    {
        _source = source;
        _lines = new Lines(source);
    }

    public static List<Token> Tokens(string source)
    {
        var normal = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new Lexer(normal.EndsWith('\n') ? normal[..^1] : normal);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        while (_index < _source.Length)
        {
            var start = NextTag(_index);
            if (start < 0)
            {
                Add(TokenKind.Data, _source[_index..], _index);
                break;
            }

            switch (_source[start + 1])
            {
                case '#':
                    Comment(start);
                    break;
                case '{':
                    Data(start, isVariable: true);
                    Tag(start, TokenKind.VariableBegin, "}}");
                    break;
                default:
                    if (TryRaw(start))
                        break;
                    Data(start, isVariable: false);
                    Tag(start, TokenKind.BlockBegin, "%}");
                    break;
            }
        }

        Add(TokenKind.End, "", _source.Length);
    }

    private int NextTag(int from)
    {
        for (var index = _source.IndexOf('{', from); index >= 0 && index + 1 < _source.Length; index = _source.IndexOf('{', index + 1))
        {
            if (_source[index + 1] is '{' or '%' or '#')
                return index;
        }

        return -1;
    }

    /// <summary>The text before a tag, cut as the tag's sign and the settings ask.</summary>
    private void Data(int end, bool isVariable)
    {
        var text = Stripped(_source[_index..end], Sign(end + 2), isVariable);
        if (text.Length > 0)
            Add(TokenKind.Data, text, _index);
    }

    private string Stripped(string text, char sign, bool isVariable)
    {
        if (sign == '-')
            return CodePoints.StripEnd(text);
        if (sign == '+' || isVariable)
            return text;
        var lineStart = text.LastIndexOf('\n') + 1;
        return (lineStart > 0 || _lineStarts) && text.AsSpan(lineStart).ContainsOnlySpace() ? text[..lineStart] : text;
    }

    private char Sign(int index) => index < _source.Length && _source[index] is '-' or '+' ? _source[index] : '\0';

    private void Comment(int start)
    {
        Data(start, isVariable: false);
        var close = _source.IndexOf("#}", start + 2, StringComparison.Ordinal);
        if (close < 0)
            throw Fail("Missing end of comment tag", start);
        var sign = close > start + 2 ? _source[close - 1] : '\0';
        AfterEnd(close + 2, sign, trims: true);
    }

    /// <summary>Goes past an end of a tag and the white space that belongs to it.</summary>
    private void AfterEnd(int index, char sign, bool trims)
    {
        var end = index;
        if (sign == '-')
        {
            while (end < _source.Length && CodePoints.IsSpace(_source[end]))
                end++;
        }
        else if (sign != '+' && trims && end < _source.Length && _source[end] == '\n')
        {
            end++;
        }

        _lineStarts = _source[end - 1] == '\n';
        _index = end;
    }

    private bool TryRaw(int start)
    {
        if (!TryWord(start, "raw", out var afterName))
            return false;
        var minus = afterName < _source.Length && _source[afterName] == '-';
        var end = afterName + (minus ? 1 : 0);
        if (!_source.AsSpan(end).StartsWith("%}"))
            return false;
        Data(start, isVariable: false);
        AfterEnd(end + 2, minus ? '-' : '\0', trims: false);
        for (var close = _source.IndexOf(
            "{%", _index, StringComparison.Ordinal); close >= 0; close = _source.IndexOf("{%", close + 2, StringComparison.Ordinal))
        {
            if (!TryWord(close, "endraw", out var afterEnd))
                continue;
            var sign = Sign(afterEnd);
            var final = afterEnd + (sign == '\0' ? 0 : 1);
            if (!_source.AsSpan(final).StartsWith("%}"))
                continue;
            Data(close, isVariable: false);
            AfterEnd(final + 2, sign, trims: true);
            return true;
        }

        throw Fail("Missing end of raw directive", start);
    }

    /// <summary>A tag that is one word: <c>{%-? word</c>, with white space around the word skipped.</summary>
    private bool TryWord(int start, string word, out int after)
    {
        after = start + 2 + (Sign(start + 2) == '\0' ? 0 : 1);
        while (after < _source.Length && CodePoints.IsSpace(_source[after]))
            after++;
        if (!_source.AsSpan(after).StartsWith(word))
            return false;
        after += word.Length;
        while (after < _source.Length && CodePoints.IsSpace(_source[after]))
            after++;
        return true;
    }

    private void Tag(int start, TokenKind begin, string close)
    {
        Add(begin, _source.Substring(start, 2), start);
        _index = start + 2 + (Sign(start + 2) == '\0' ? 0 : 1);
        var open = new Stack<char>();
        while (true)
        {
            while (_index < _source.Length && CodePoints.IsSpace(_source[_index]))
                _index++;
            if (_index >= _source.Length)
                return;
            if (open.Count == 0 && TryClose(begin, close))
                return;
            Word(open);
        }
    }

    private bool TryClose(TokenKind begin, string close)
    {
        var isBlock = begin == TokenKind.BlockBegin;
        var sign = _source[_index] == '-' || (isBlock && _source[_index] == '+') ? _source[_index] : '\0';
        var at = _index + (sign == '\0' ? 0 : 1);
        if (!_source.AsSpan(at).StartsWith(close))
            return false;
        Add(isBlock ? TokenKind.BlockEnd : TokenKind.VariableEnd, close, _index);
        AfterEnd(at + 2, sign, trims: isBlock);
        return true;
    }

    private void Word(Stack<char> open)
    {
        var start = _index;
        var character = _source[start];
        if (char.IsAsciiDigit(character))
        {
            var (number, length) = NumberText.Read(_source.AsSpan(start));
            _index += length;
            Add(number is double ? TokenKind.Real : TokenKind.Integer, _source[start.._index], start, number);
        }
        else if (IsNamePart(character))
        {
            while (_index < _source.Length && IsNamePart(_source[_index]))
                _index++;
            Add(TokenKind.Name, string.IsInterned(_source[start.._index]) ?? _source[start.._index], start);
        }
        else if (character is '\'' or '"')
        {
            var end = StringText.End(_source, start);
            if (end < 0)
                throw Fail($"unexpected char '{character}'", start);
            _index = end;
            if (!StringText.TryDecode(_source.AsSpan(start + 1, end - start - 2), out var text))
                throw Fail("a string has a wrong escape", start);
            Add(TokenKind.Text, text, start);
        }
        else
        {
            Operator(open, start);
        }
    }

    private void Operator(Stack<char> open, int start)
    {
        var sign = Signs.At(_source.AsSpan(start)) ?? throw Fail($"unexpected char '{_source[start]}'", start);
        switch (sign[0])
        {
            case '(' or '[' or '{':
                open.Push(sign[0] switch { '(' => ')', '[' => ']', _ => '}' });
                break;
            case ')' or ']' or '}':
                if (open.Count == 0)
                    throw Fail($"unexpected '{sign}'", start);
                if (open.Pop() is var wanted && wanted != sign[0])
                    throw Fail($"unexpected '{sign}', expected '{wanted}'", start);
                break;
            default:
                break;
        }

        _index += sign.Length;
        Add(TokenKind.Operator, sign, start);
    }

    private static bool IsNamePart(char character) => char.IsLetterOrDigit(character) || character == '_'
        || char.GetUnicodeCategory(
            character) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    private void Add(TokenKind kind, string text, int offset, object? number = null) =>
        _tokens.Add(new Token(kind, text, _lines.PlaceOf(offset), number));

    private TemplateException Fail(string message, int offset)
    {
        var place = _lines.PlaceOf(offset);
        return new TemplateException(TemplateErrorKind.Parse, message, place.Line, place.Column);
    }
}
