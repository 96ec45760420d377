using System.Globalization;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Reading;

/// <summary>
/// Says what is wrong with a text that is not JSON, in the words of the reference's decoder. Runs only after parsing has failed.
/// </summary>
internal ref struct JsonSyntax
{
    private readonly ReadOnlySpan<byte> _text;
    private int _at;
    private int _depth;
    private string _problem;

    private JsonSyntax(ReadOnlySpan<byte> text)
    {
        _text = text;
        _problem = "";
    }

    /// <summary>The first problem; the text ends too early when nothing else is wrong.</summary>
    internal static string Describe(ReadOnlySpan<byte> text)
    {
        var syntax = new JsonSyntax(text);
        return syntax.Value() || syntax._problem.Length == 0 ? "unexpected EOF" : syntax._problem;
    }

    private bool Value()
    {
        SkipBlanks();
        if (_at >= _text.Length)
            return false;
        switch (_text[_at])
        {
            case (byte)'{':
                return Nested(isObject: true);
            case (byte)'[':
                return Nested(isObject: false);
            case (byte)'"':
                return Text();
            case (byte)'t':
                return Literal("true");
            case (byte)'f':
                return Literal("false");
            case (byte)'n':
                return Literal("null");
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                return Number();
            default:
                return Invalid("looking for beginning of value");
        }
    }

    private bool Nested(bool isObject)
    {
        if (++_depth > JsonNesting.Deepest)
            return Problem("exceeded max depth");
        _at++;
        SkipBlanks();
        var end = isObject ? (byte)'}' : (byte)']';
        if (_at < _text.Length && _text[_at] == end)
            return Close();
        while (true)
        {
            if (isObject && !Key())
                return false;
            if (!Value())
                return false;
            SkipBlanks();
            if (_at >= _text.Length)
                return false;
            if (_text[_at] == end)
                return Close();
            if (_text[_at] != ',')
                return Invalid(isObject ? "after object key:value pair" : "after array element");
            _at++;
        }
    }

    private bool Close()
    {
        _at++;
        _depth--;
        return true;
    }

    private bool Key()
    {
        SkipBlanks();
        if (_at >= _text.Length)
            return false;
        if (_text[_at] != '"')
            return Invalid("looking for beginning of object key string");
        if (!Text())
            return false;
        SkipBlanks();
        if (_at >= _text.Length)
            return false;
        if (_text[_at] != ':')
            return Invalid("after object key");
        _at++;
        return true;
    }

    private bool Text()
    {
        for (_at++; _at < _text.Length; _at++)
        {
            var character = _text[_at];
            if (character == '"')
            {
                _at++;
                return true;
            }

            if (character < ' ')
                return Invalid("in string literal");
            if (character == '\\' && !Escape())
                return false;
        }

        return false;
    }

    private bool Escape()
    {
        if (++_at >= _text.Length)
            return false;
        if (_text[_at] != 'u')
            return "\"\\/bfnrt".Contains((char)_text[_at]) || Invalid("in string escape code");
        for (var count = 0; count < 4; count++)
        {
            if (++_at >= _text.Length)
                return false;
            if (!char.IsAsciiHexDigit((char)_text[_at]))
                return Invalid("in \\u hexadecimal character escape");
        }

        return true;
    }

    private bool Literal(string word)
    {
        for (var index = 0; index < word.Length; index++, _at++)
        {
            if (_at >= _text.Length)
                return false;
            if (_text[_at] != word[index])
                return Invalid($"in literal {word} (expecting '{word[index]}')");
        }

        return true;
    }

    private bool Number()
    {
        if (_text[_at] == '-')
            _at++;
        if (_at < _text.Length && _text[_at] == '0')
            _at++;
        else if (!Digits("in numeric literal"))
            return false;
        if (_at < _text.Length && _text[_at] == '.')
        {
            _at++;
            if (!Digits("after decimal point in numeric literal"))
                return false;
        }

        if (_at >= _text.Length || _text[_at] is not ((byte)'e' or (byte)'E'))
            return true;
        _at++;
        if (_at < _text.Length && _text[_at] is (byte)'+' or (byte)'-')
            _at++;
        return Digits("in exponent of numeric literal");
    }

    private bool Digits(string where)
    {
        if (_at >= _text.Length)
            return false;
        if (!char.IsAsciiDigit((char)_text[_at]))
            return Invalid(where);
        while (_at < _text.Length && char.IsAsciiDigit((char)_text[_at]))
            _at++;
        return true;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            _at++;
    }

    private bool Invalid(string where)
    {
        var character = (char)_text[_at] switch
        {
            '\'' => "\\'",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            < ' ' or '\u007f' => "\\x" + _text[_at].ToString("x2", CultureInfo.InvariantCulture),
            var other => other.ToString(),
        };
        return Problem($"invalid character '{character}' {where}");
    }

    private bool Problem(string text)
    {
        _problem = text;
        return false;
    }
}
