using System.Globalization;
using System.Text;

namespace ModelOps.Runtime.Prompting.Grammars;

/// <summary>
/// Regular expressions of JSON Schema as rules for the inside of a JSON string: alternatives, groups, classes, bounded and unbounded repeats,
/// anchors at the ends. Without an anchor anything may stand there. Looking around and referring back are refused.
/// </summary>
internal sealed class PatternRules
{
    private const int MostDepth = 32;
    private const int MostRepetitions = 2000;

    /// <summary>Characters that stand for themselves inside a JSON string.</summary>
    private const string Plain = "[^\"\\\\\\x7F\\x00-\\x1F]";

    private readonly string _pattern;
    private readonly string _path;
    private readonly string _anything;
    private int _at;
    private int _depth;

    private PatternRules(string pattern, string path, string anything)
    {
        (_pattern, _path, _anything) = (pattern, path, anything);
    }

    /// <summary>Body of a rule.</summary>
    /// <exception cref="SchemaException">The pattern cannot be expressed.</exception>
    internal static string Of(string pattern, GrammarBuilder builder, string path)
    {
        var reader = new PatternRules(pattern, path, new JsonRules(builder).Character + "*");
        var body = reader.Whole();
        return reader._at == pattern.Length ? body : throw reader.Wrong("a closing bracket without an opening one");
    }

    /// <summary>Each branch of the whole has anchors of its own.</summary>
    private string Whole()
    {
        var branches = new List<string>();
        do
        {
            var before = TryTake('^') ? "" : _anything + " ";
            var body = Sequence();
            var after = TryTake('$') ? "" : " " + _anything;
            branches.Add($"{before}{body}{after}");
        }
        while (TryTake('|'));

        return string.Join(" | ", branches);
    }

    private string Alternatives()
    {
        var branches = new List<string>();
        do
            branches.Add(Sequence());
        while (TryTake('|'));
        return string.Join(" | ", branches);
    }

    private string Sequence()
    {
        var parts = new List<string>();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            if (_pattern[_at] == '$')
                break;
            parts.Add(Repeated(Atom()));
        }

        return parts.Count == 0 ? "\"\"" : string.Join(" ", parts);
    }

    private string Repeated(string atom)
    {
        if (_at == _pattern.Length)
            return atom;
        switch (_pattern[_at])
        {
            case '*' or '+' or '?':
                atom += _pattern[_at++];
                break;
            case '{' when TryBounds(out var bounds):
                atom += bounds;
                break;
            default:
                return atom;
        }

        // Greedy or not: the same texts fit.
        _ = TryTake('?');
        return _at < _pattern.Length && _pattern[_at] is '*' or '+' ? throw Wrong("a repeat of a repeat") : atom;
    }

    private bool TryBounds(out string bounds)
    {
        bounds = "";
        var end = _pattern.IndexOf('}', _at);
        if (end < 0)
            return false;
        var parts = _pattern[(_at + 1)..end].Split(',');
        if (parts.Length > 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var least))
            return false;
        var most = least;
        if (parts.Length == 2 && parts[1].Length > 0 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out most))
            return false;
        var isOpen = parts.Length == 2 && parts[1].Length == 0;
        if (least > MostRepetitions || most > MostRepetitions || (!isOpen && most < least))
            throw Wrong($"a repeat must go upwards, and not beyond {MostRepetitions}");
        _at = end + 1;
        bounds = isOpen ? $"{{{least},}}" : $"{{{least},{most}}}";
        return true;
    }

    private string Atom()
    {
        var letter = _pattern[_at];
        switch (letter)
        {
            case '(':
                return Group();
            case '[':
                return Class();
            case '.':
                _at++;
                return Plain;
            case '\\':
                return EscapedAtom();
            case '^':
                throw Wrong("an anchor inside of a pattern");
            case '*' or '+' or '?':
                throw Wrong("a repeat of nothing");
            default:
                var rune = Rune.GetRuneAt(_pattern, _at);
                _at += rune.Utf16SequenceLength;
                return One(rune);
        }
    }

    private string Group()
    {
        if (++_depth > MostDepth)
            throw Wrong($"groups nested more than {MostDepth} deep");
        _at++;
        if (TryTake('?'))
        {
            if (TryTake('<') && _at < _pattern.Length && _pattern[_at] is not ('=' or '!'))
                _at = _pattern.IndexOf('>', _at) is >= 0 and var end ? end + 1 : throw Wrong("a name without an end");
            else if (!TryTake(':'))
                throw Wrong("looking ahead or behind, which no grammar can express");
        }

        var body = Alternatives();
        if (!TryTake(')'))
            throw Wrong(_at < _pattern.Length ? "an anchor inside of a group" : "a group without an end");
        _depth--;
        return $"({body})";
    }

    private string EscapedAtom()
    {
        _at++;
        if (_at == _pattern.Length)
            throw Wrong("a backslash at the end");
        var letter = _pattern[_at];
        if (Shorthand(letter) is { } shorthand)
        {
            _at++;
            return char.IsAsciiLetterLower(letter) ? $"[{shorthand}]" : $"[^{shorthand}\"\\\\\\x7F\\x00-\\x1F]";
        }

        return letter is 'b' or 'B' or 'A' or 'z' or 'Z' or 'p' or 'P' or 'k' || letter is >= '1' and <= '9' ? throw Wrong($"\\{letter}, which no grammar can express") : One(Escape());
    }

    private static string? Shorthand(char letter) => letter switch
    {
        'd' or 'D' => "0-9",
        'w' or 'W' => "A-Za-z0-9_",
        's' or 'S' => " ",
        _ => null,
    };

    private string Class()
    {
        _at++;
        var isNegative = TryTake('^');
        var plain = new StringBuilder();
        var escaped = new List<string>();
        for (var isFirst = true; ; isFirst = false)
        {
            if (_at >= _pattern.Length)
                throw Wrong("a class without an end");
            if (_pattern[_at] == ']' && !isFirst)
                break;
            Member(plain, escaped);
        }

        _at++;
        if (isNegative)
            return $"[^{plain}\"\\\\\\x7F\\x00-\\x1F]";
        var parts = plain.Length > 0 ? [$"[{plain}]", .. escaped] : escaped;
        return parts.Count == 1 ? parts[0] : $"({string.Join(" | ", parts)})";
    }

    private void Member(StringBuilder plain, List<string> escaped)
    {
        if (_pattern[_at] == '\\' && _at + 1 < _pattern.Length && Shorthand(_pattern[_at + 1]) is { } shorthand)
        {
            if (!char.IsAsciiLetterLower(_pattern[_at + 1]))
                throw Wrong("a negated class inside of a class");
            plain.Append(shorthand);
            _at += 2;
            return;
        }

        var from = ClassLetter();
        if (_at + 1 < _pattern.Length && _pattern[_at] == '-' && _pattern[_at + 1] != ']')
        {
            _at++;
            var to = ClassLetter();
            if (to < from)
                throw Wrong("a range that goes backwards");
            Range(plain, escaped, from, to);
        }
        else
        {
            Range(plain, escaped, from, from);
        }
    }

    /// <summary>A range without the characters that a JSON string must escape; those on their own beside it.</summary>
    private static void Range(StringBuilder plain, List<string> escaped, Rune from, Rune to)
    {
        foreach (var special in new[] { '"', '\\' })
        {
            if (from.Value <= special && special <= to.Value)
                escaped.Add(One(new Rune(special)));
        }

        foreach (var (control, word) in new[] { ('\n', "n"), ('\t', "t"), ('\r', "r") })
        {
            if (from.Value <= control && control <= to.Value)
                escaped.Add($"\"\\\\{word}\"");
        }

        var start = Math.Max(from.Value, 0x20);
        foreach (var gap in new[] { 0x22, 0x5C, 0x7F, to.Value + 1 })
        {
            if (gap > to.Value + 1 || gap < start)
                continue;
            if (gap > start)
                plain.Append(ClassText(start)).Append(gap - 1 > start ? "-" + ClassText(gap - 1) : "");
            start = gap + 1;
        }
    }

    private Rune ClassLetter()
    {
        if (_pattern[_at] == '\\')
        {
            _at++;
            return _at < _pattern.Length ? Escape() : throw Wrong("a backslash at the end");
        }

        var rune = Rune.GetRuneAt(_pattern, _at);
        _at += rune.Utf16SequenceLength;
        return rune;
    }

    private Rune Escape()
    {
        var letter = _pattern[_at++];
        return letter switch
        {
            'n' => new Rune('\n'),
            't' => new Rune('\t'),
            'r' => new Rune('\r'),
            'f' => new Rune('\f'),
            'u' => Hex(4),
            'x' => Hex(2),
            _ when char.IsAsciiLetterOrDigit(letter) => throw Wrong($"\\{letter}, which is not known"),
            _ => new Rune(letter),
        };
    }

    private Rune Hex(int digits)
    {
        if (_at + digits > _pattern.Length
            || !int.TryParse(_pattern.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || !Rune.IsValid(code))
            throw Wrong("an escape without its digits");
        _at += digits;
        return new Rune(code);
    }

    /// <summary>A character as JSON writes it.</summary>
    private static string One(Rune rune) => GrammarBuilder.Literal(JsonRules.Quoted(rune.ToString())[1..^1]);

    private static string ClassText(int value) => value switch
    {
        '[' or ']' or '^' or '-' or '\\' or '"' => string.Create(CultureInfo.InvariantCulture, $"\\x{value:X2}"),
        < 0x7F => ((char)value).ToString(),
        <= 0xFFFF => string.Create(CultureInfo.InvariantCulture, $"\\u{value:X4}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\U{value:X8}"),
    };

    private bool TryTake(char letter)
    {
        if (_at >= _pattern.Length || _pattern[_at] != letter)
            return false;
        _at++;
        return true;
    }

    private SchemaException Wrong(string what) => new("pattern", _path, $"at character {_at + 1}: {what}");
}
