using System.Globalization;

namespace ModelOps.Runtime.Prompting.Grammars;

/// <summary>
/// Reads GBNF before the engine's own parser does, and accepts less: rules that are defined, do not begin with themselves, and do not repeat
/// without reason. Source of the format: the grammar notes of llama.cpp.
/// </summary>
internal sealed class GbnfText
{
    private const int MostDepth = 64;
    private const int MostRules = 5000;
    private const long MostRepetitions = 2000;

    private readonly string _text;
    private readonly Dictionary<string, GbnfPart> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _starts = new(StringComparer.Ordinal);
    private readonly List<(string Name, int At)> _uses = [];
    private int _at;
    private int _depth;

    private GbnfText(string text)
    {
        _text = text;
    }

    /// <summary>Accepts or throws.</summary>
    /// <exception cref="GrammarException">It is not GBNF, or would cost too much.</exception>
    internal static void Check(string grammar)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        if (grammar.Length > GrammarBuilder.MostCharacters)
            throw new GrammarException(0, 0, $"it is longer than {GrammarBuilder.MostCharacters} characters");
        var reader = new GbnfText(grammar);
        reader.ReadRules();
        reader.CheckNames();
        if (LeftRecursion.Find(reader._rules) is { } name)
            throw reader.Wrong($"the rule {name} begins with itself", reader._starts[name]);
    }

    private void ReadRules()
    {
        SkipBlanks(acrossLines: true);
        while (_at < _text.Length)
        {
            var start = _at;
            var name = Name();
            SkipBlanks(acrossLines: false);
            if (!TryTake("::="))
                throw Wrong("'::=' is expected behind the name of a rule");
            SkipBlanks(acrossLines: true);
            if (_rules.Count >= MostRules)
                throw Wrong($"there are more than {MostRules} rules");
            var body = Alternatives(isNested: false);
            if (!_rules.TryAdd(name, body))
                throw Wrong($"the rule {name} is there already", start);
            _starts[name] = start;
            if (_at < _text.Length && _text[_at] is not ('\n' or '\r'))
                throw Wrong("the end of the rule is expected");
            SkipBlanks(acrossLines: true);
        }
    }

    private void CheckNames()
    {
        if (!_rules.ContainsKey("root"))
            throw new GrammarException(0, 0, "there is no rule named root");
        foreach (var (name, at) in _uses)
        {
            if (!_rules.ContainsKey(name))
                throw Wrong($"there is no rule named {name}", at);
        }
    }

    private GbnfPart Alternatives(bool isNested)
    {
        if (++_depth > MostDepth)
            throw Wrong($"groups are nested more than {MostDepth} deep");
        List<GbnfPart> branches = [Sequence(isNested)];
        while (_at < _text.Length && _text[_at] == '|')
        {
            _at++;
            SkipBlanks(acrossLines: true);
            branches.Add(Sequence(isNested));
        }

        _depth--;
        return branches.Count == 1 ? branches[0] : GbnfPart.OneOf(branches);
    }

    private GbnfPart Sequence(bool isNested)
    {
        var all = new List<GbnfPart>();
        while (_at < _text.Length)
        {
            GbnfPart one;
            switch (_text[_at])
            {
                case '"':
                    one = Literal();
                    break;
                case '[':
                    one = Class();
                    break;
                case '.':
                    _at++;
                    one = GbnfPart.Character;
                    break;
                case '(':
                    one = Group();
                    break;
                case var letter when IsNameLetter(letter):
                    var at = _at;
                    var name = Name();
                    _uses.Add((name, at));
                    one = GbnfPart.Of(name);
                    break;
                default:
                    return GbnfPart.Row(all);
            }

            SkipBlanks(isNested);
            all.Add(Repeated(one, isNested));
        }

        return GbnfPart.Row(all);
    }

    private GbnfPart Repeated(GbnfPart one, bool isNested)
    {
        while (_at < _text.Length && _text[_at] is '*' or '+' or '?' or '{')
        {
            var (least, most) = Bounds();
            var times = Math.Max(most ?? least, 1);
            if (one.Repetitions * times > MostRepetitions)
                throw Wrong($"more than {MostRepetitions} repetitions, those inside of others multiplied");
            one = GbnfPart.Repeat(one, least == 0, one.Repetitions * times);
            SkipBlanks(isNested);
        }

        return one;
    }

    private (long Least, long? Most) Bounds()
    {
        switch (_text[_at++])
        {
            case '*':
                return (0, null);
            case '+':
                return (1, null);
            case '?':
                return (0, 1);
            default:
                SkipBlanks(acrossLines: false);
                var least = Number();
                long? most = least;
                SkipBlanks(acrossLines: false);
                if (TryTake(","))
                {
                    SkipBlanks(acrossLines: false);
                    most = _at < _text.Length && char.IsAsciiDigit(_text[_at]) ? Number() : null;
                    SkipBlanks(acrossLines: false);
                }

                if (!TryTake("}"))
                    throw Wrong("'}' is expected");
                return most < least || most == 0 ? throw Wrong("a repeat must go upwards and reach at least 1") : (least, most);
        }
    }

    private long Number()
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            _at++;
        return int.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MostRepetitions
            ? number
            : throw Wrong($"a number from 0 to {MostRepetitions} is expected", start);
    }

    private GbnfPart Group()
    {
        var start = _at++;
        SkipBlanks(acrossLines: true);
        var inside = Alternatives(isNested: true);
        return TryTake(")") ? inside : throw Wrong("the group that begins here has no end", start);
    }

    private GbnfPart Literal()
    {
        var start = _at++;
        var isEmpty = true;
        while (true)
        {
            if (_at >= _text.Length)
                throw Wrong("the text that begins here has no end", start);
            if (_text[_at] == '"')
                break;
            Letter();
            isEmpty = false;
        }

        _at++;
        return isEmpty ? GbnfPart.Nothing : GbnfPart.Character;
    }

    private GbnfPart Class()
    {
        var start = _at++;
        _ = TryTake("^");
        while (true)
        {
            if (_at >= _text.Length)
                throw Wrong("the class that begins here has no end", start);
            if (_text[_at] == ']')
                break;
            var from = Letter();
            if (_at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] != ']')
            {
                _at++;
                if (Letter() < from)
                    throw Wrong("a range goes backwards", start);
            }
        }

        _at++;
        return GbnfPart.Character;
    }

    private int Letter()
    {
        if (_text[_at] != '\\')
        {
            if (char.IsSurrogate(_text[_at]) && !(char.IsHighSurrogate(_text[_at]) && _at + 1 < _text.Length && char.IsLowSurrogate(_text[_at + 1])))
                throw Wrong("half a character");
            var value = char.ConvertToUtf32(_text, _at);
            _at += char.IsSurrogate(_text[_at]) ? 2 : 1;
            return value;
        }

        _at++;
        if (_at >= _text.Length)
            throw Wrong("a backslash at the end");
        var letter = _text[_at++];
        return letter switch
        {
            'x' => Hex(2),
            'u' => Hex(4),
            'U' => Hex(8),
            't' => '\t',
            'r' => '\r',
            'n' => '\n',
            '\\' or '"' or '[' or ']' => letter,
            _ => throw Wrong($"the escape \\{letter} is not known", _at - 2),
        };
    }

    private int Hex(int digits)
    {
        if (_at + digits > _text.Length || !int.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code is < 0 or > 0x10FFFF)
            throw Wrong($"{digits} hexadecimal digits of a character are expected");
        _at += digits;
        return code;
    }

    private string Name()
    {
        var start = _at;
        while (_at < _text.Length && IsNameLetter(_text[_at]))
            _at++;
        return _at > start ? _text[start.._at] : throw Wrong("the name of a rule is expected");
    }

    private static bool IsNameLetter(char letter) => char.IsAsciiLetterOrDigit(letter) || letter == '-';

    private bool TryTake(string text)
    {
        if (string.CompareOrdinal(_text, _at, text, 0, text.Length) != 0)
            return false;
        _at += text.Length;
        return true;
    }

    private void SkipBlanks(bool acrossLines)
    {
        while (_at < _text.Length)
        {
            var letter = _text[_at];
            if (letter == '#')
                _at = _text.IndexOfAny(['\r', '\n'], _at) is >= 0 and var end ? end : _text.Length;
            else if (letter is ' ' or '\t' || (acrossLines && letter is '\r' or '\n'))
                _at++;
            else
                return;
        }
    }

    private GrammarException Wrong(string reason) => Wrong(reason, _at);

    private GrammarException Wrong(string reason, int at)
    {
        var before = _text.AsSpan(0, Math.Min(at, _text.Length));
        return new GrammarException(before.Count('\n') + 1, at - before.LastIndexOf('\n'), reason);
    }
}
