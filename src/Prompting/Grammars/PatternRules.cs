using System.Globalization;
using System.Text;

namespace ModelOps.Prompting.Grammars;

/// <summary>
/// Regular expressions of JSON Schema as rules for the inside of a JSON string: alternatives, groups, classes, bounded and unbounded
/// repeats, anchors at the ends. Without an anchor anything may stand there. Looking around and referring back are refused.
/// </summary>
internal sealed class PatternRules
{
    private const int MostDepth = 32;
    private const int MostLength = 4000;
    private const int MostRepetitions = 2000;
    private const long MostCharacters = 1_000_000;

    /// <summary>Characters that stand for themselves inside a JSON string.</summary>
    private const string Plain = "[^\"\\\\\\x7F\\x00-\\x1F]";

    private readonly string _pattern;
    private readonly GrammarBuilder _builder;
    private readonly string _path;
    private readonly Piece _anything;
    private int _at;
    private int _depth;

    private PatternRules(string pattern, GrammarBuilder builder, string path)
    {
        (_pattern, _builder, _path) = (pattern, builder, path);
        _anything = new Piece(new JsonRules(builder).Character + "*", 0, null);
    }

    /// <summary>A part of a pattern as a rule, with the least and the most characters of its texts.</summary>
    private readonly record struct Piece(string Body, long Shortest, long? Longest)
    {
        internal static Piece Row(IEnumerable<Piece> pieces) => pieces.Aggregate(new Piece("", 0, 0), (before, piece) =>
            new Piece(
                before.Body.Length == 0 ? piece.Body : $"{before.Body} {piece.Body}",
                before.Shortest + piece.Shortest,
                before.Longest + piece.Longest));

        internal static Piece Either(List<Piece> pieces) => new(
            string.Join(" | ", pieces.Select(piece => piece.Body.Length == 0 ? "\"\"" : piece.Body)),
            pieces.Min(piece => piece.Shortest),
            pieces.TrueForAll(piece => piece.Longest is not null) ? pieces.Max(piece => piece.Longest) : null);
    }

    /// <summary>Body of a rule, with the least and the most characters of its texts.</summary>
    /// <exception cref="SchemaException">The pattern cannot be expressed.</exception>
    internal static (string Body, int Shortest, int? Longest) Of(string pattern, GrammarBuilder builder, string path)
    {
        var reader = new PatternRules(pattern, builder, path);
        if (pattern.Length > MostLength)
            throw reader.Wrong($"it is longer than {MostLength} characters");
        var whole = reader.Whole();
        return reader._at == pattern.Length
            ? (
                whole.Body,
                (int)Math.Min(whole.Shortest, int.MaxValue),
                whole.Longest is { } longest ? (int)Math.Min(longest, int.MaxValue) : null)
            : throw reader.Wrong(pattern[reader._at] == ')' ? "a closing bracket without an opening one" : "an anchor inside of a pattern");
    }

    /// <summary>Each branch of the whole has anchors of its own.</summary>
    private Piece Whole()
    {
        var branches = new List<Piece>();
        do
        {
            var isStart = TryTake('^');
            var body = Sequence();
            var isEnd = TryTake('$');
            branches.Add(Piece.Row([.. isStart ? Array.Empty<Piece>() : [_anything], body, .. isEnd ? Array.Empty<Piece>() : [_anything]]));
        }
        while (TryTake('|'));

        return Piece.Either(branches);
    }

    private Piece Alternatives()
    {
        var branches = new List<Piece>();
        do
            branches.Add(Sequence());
        while (TryTake('|'));
        return Piece.Either(branches);
    }

    private Piece Sequence()
    {
        var parts = new List<Piece>();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')' or '$'))
            parts.Add(Repeated(Atom()));
        return parts.Count == 0 ? new Piece("\"\"", 0, 0) : Piece.Row(parts);
    }

    private Piece Repeated(Piece atom)
    {
        if (_at == _pattern.Length)
            return atom;
        var (least, most) = (0, (int?)null);
        var repeat = "";
        switch (_pattern[_at])
        {
            case '*' or '+' or '?':
                repeat = _pattern[_at++].ToString();
                (least, most) = (repeat == "+" ? 1 : 0, repeat == "?" ? 1 : null);
                break;
            case '{' when TryBounds(out repeat, out least, out most):
                break;
            default:
                return atom;
        }

        // Greedy or not: the same texts fit.
        TryTake('?');
        if (_at < _pattern.Length && _pattern[_at] is '*' or '+')
            throw Wrong("a repeat of a repeat");
        if (most == 0)
            return new Piece("\"\"", 0, 0);
        if (atom.Shortest == 0 && most != 1)
            throw Wrong("a repeat of what may be empty");
        if (atom.Shortest * least > MostCharacters || atom.Longest * most > MostCharacters)
            throw Wrong("repeats inside of repeats that come to too much");
        return new Piece(atom.Body + repeat, atom.Shortest * least, atom.Longest * most);
    }

    private bool TryBounds(out string bounds, out int least, out int? most)
    {
        (bounds, least, most) = ("", 0, null);
        var end = _pattern.IndexOf('}', _at);
        if (end < 0)
            return false;
        var parts = _pattern[(_at + 1)..end].Split(',');
        if (parts.Length > 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out least))
            return false;
        var upper = least;
        if (parts.Length == 2 && parts[1].Length > 0 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out upper))
            return false;
        var isOpen = parts.Length == 2 && parts[1].Length == 0;
        if (least > MostRepetitions || upper > MostRepetitions || (!isOpen && upper < least))
            throw Wrong($"a repeat must go upwards, and not beyond {MostRepetitions}");
        _at = end + 1;
        most = isOpen ? null : upper;
        bounds = isOpen ? $"{{{least},}}" : $"{{{least},{upper}}}";
        return true;
    }

    private Piece Atom()
    {
        var letter = _pattern[_at];
        switch (letter)
        {
            case '(':
                return Group();
            case '[':
                return new Piece(Class(), 1, 1);
            case '.':
                _at++;
                return new Piece(Plain, 1, 1);
            case '\\':
                return new Piece(EscapedAtom(), 1, 1);
            case '^':
                throw Wrong("an anchor inside of a pattern");
            case '*' or '+' or '?':
                throw Wrong("a repeat of nothing");
            default:
                var rune = Rune.GetRuneAt(_pattern, _at);
                _at += rune.Utf16SequenceLength;
                return new Piece(JsonRules.Letter(rune), 1, 1);
        }
    }

    private Piece Group()
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

        // A rule of its own: the engine multiplies the repeats inside of a group with those around it.
        return body with { Body = _builder.AddRule("pattern", body.Body) };
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

        return letter is 'b' or 'B' or 'A' or 'z' or 'Z' or 'p' or 'P' or 'k' || letter is >= '1' and <= '9'
            ? throw Wrong($"\\{letter}, which no grammar can express")
            : JsonRules.Letter(Escape());
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
        while (true)
        {
            if (_at >= _pattern.Length)
                throw Wrong("a class without an end");
            if (_pattern[_at] == ']')
                break;
            Member(plain, escaped);
        }

        _at++;
        if (isNegative)
            return $"[^{plain}\"\\\\\\x7F\\x00-\\x1F]";
        if (plain.Length == 0 && escaped.Count == 0)
            throw Wrong("a class that no character is in");
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
                escaped.Add(JsonRules.Letter(new Rune(special)));
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
                plain.Append(JsonRules.InClass(new Rune(start))).Append(gap - 1 > start ? "-" + JsonRules.InClass(new Rune(gap - 1)) : "");
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
            _ when char.IsAsciiLetterOrDigit(letter) || !char.IsAscii(letter) => throw Wrong($"\\{letter}, which is not known"),
            _ => new Rune(letter),
        };
    }

    private Rune Hex(int digits)
    {
        if (_at + digits > _pattern.Length
            || !int.TryParse(
                _pattern.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || !Rune.IsValid(
                code))
            throw Wrong("an escape without its digits");
        _at += digits;
        return new Rune(code);
    }

    private bool TryTake(char letter)
    {
        if (_at >= _pattern.Length || _pattern[_at] != letter)
            return false;
        _at++;
        return true;
    }

    private SchemaException Wrong(string what) => new("pattern", _path, $"at character {_at + 1}: {what}");
}
