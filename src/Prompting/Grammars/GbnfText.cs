using System.Globalization;

namespace ModelOps.Prompting.Grammars;

/// <summary>
/// Reads GBNF before the engine's own parser does, and accepts less: rules that are defined, do not begin with themselves, and do not
/// repeat without reason. Source of the format: the grammar notes of llama.cpp.
/// </summary>
internal sealed class GbnfText
{
    private const int MostDepth = 64;

    private readonly string _text;
    private readonly GbnfRules _rules = new();
    private readonly Dictionary<string, int> _starts = new(StringComparer.Ordinal);
    private readonly List<(string Name, int Rule, int At)> _uses = [];
    private string _name = "";
    private int _at;
    private int _depth;

    private GbnfText(string text)
    {
        _text = text;
    }

    /// <summary>Accepts or throws.</summary>
    /// <exception cref="GrammarException">It is not GBNF, or would cost too much.</exception>
    internal static void Check(string grammar) => _ = Read(grammar);

    /// <summary>The rules of a grammar, repeats written out.</summary>
    /// <exception cref="GrammarException">It is not GBNF, or would cost too much.</exception>
    internal static GbnfRules Read(string grammar)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        if (grammar.Length > GrammarBuilder.MostCharacters)
            throw new GrammarException(0, 0, $"it is longer than {GrammarBuilder.MostCharacters} characters");
        var reader = new GbnfText(grammar);
        reader.ReadRules();
        reader.CheckNames();
        GbnfCost.Check(reader._rules);
        return reader._rules;
    }

    private void ReadRules()
    {
        SkipBlanks(acrossLines: true);
        while (_at < _text.Length)
        {
            var start = _at;
            _name = Name();
            var rule = _rules.Named(_name);
            SkipBlanks(acrossLines: false);
            if (!TryTake("::="))
                throw Wrong("'::=' is expected behind the name of a rule");
            SkipBlanks(acrossLines: true);
            if (!_starts.TryAdd(_name, start))
                throw Wrong($"the rule {_name} is there already", start);
            _rules.Define(rule, Alternatives(isNested: false));
            if (_at < _text.Length && _text[_at] is not ('\n' or '\r'))
                throw Wrong("the end of the rule is expected");
            SkipBlanks(acrossLines: true);
        }
    }

    private void CheckNames()
    {
        if (!_starts.ContainsKey("root"))
            throw new GrammarException(0, 0, "there is no rule named root");
        foreach (var (name, rule, at) in _uses)
        {
            if (!_rules.IsDefined(rule))
                throw Wrong($"there is no rule named {name}", at);
        }
    }

    private List<int> Alternatives(bool isNested)
    {
        if (++_depth > MostDepth)
            throw Wrong($"groups are nested more than {MostDepth} deep");
        var all = new List<int>();
        Sequence(all, isNested);
        while (_at < _text.Length && _text[_at] == '|')
        {
            _at++;
            SkipBlanks(acrossLines: true);
            all.Add(GbnfRules.Or);
            Sequence(all, isNested);
        }

        _depth--;
        return all;
    }

    private void Sequence(List<int> all, bool isNested)
    {
        while (_at < _text.Length)
        {
            var start = all.Count;
            var before = _rules.Count;
            var isGroup = false;
            switch (_text[_at])
            {
                case '"':
                    Literal(all);
                    break;
                case '[':
                    Class(all);
                    break;
                case '.':
                    _at++;
                    all.Add(_rules.Class(isNegated: true));
                    break;
                case '(':
                    isGroup = true;
                    all.Add(Group());
                    break;
                case var letter when IsNameLetter(letter):
                    var at = _at;
                    var name = Name();
                    var rule = _rules.Named(name);
                    _uses.Add((name, rule, at));
                    all.Add(rule);
                    break;
                default:
                    return;
            }

            var inside = isGroup ? _rules.Count - before : 1;
            SkipBlanks(isNested);
            Repeated(all, start, inside, isNested);
        }
    }

    /// <summary>Writes out a repeat of what was just read.</summary>
    /// <param name="all">Sequence up to there.</param>
    /// <param name="start">Where the repeated part begins.</param>
    /// <param name="inside">Rules that came with a group: the engine counts them once for each time.</param>
    /// <param name="isNested">In a group.</param>
    private void Repeated(List<int> all, int start, int inside, bool isNested)
    {
        if (_at >= _text.Length || _text[_at] is not ('*' or '+' or '?' or '{'))
            return;
        var at = _at;
        if (all.Count == start)
            throw Wrong("a repeat of nothing");
        var (least, most) = Bounds();
        if (inside * Math.Max(most ?? least, 1) > GbnfRules.MostRepetitions)
            throw Wrong($"more than {GbnfRules.MostRepetitions} repetitions, the rules of a group multiplied", at);
        _rules.Repeat(all, start, (int)least, (int?)most, _name);
        SkipBlanks(isNested);
        if (_at < _text.Length && _text[_at] is '*' or '+' or '?' or '{')
            throw Wrong("a repeat of a repeat; put a group around the inner one");
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
        return int.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= GbnfRules.MostRepetitions
            ? number
            : throw Wrong($"a number from 0 to {GbnfRules.MostRepetitions} is expected", start);
    }

    private int Group()
    {
        var start = _at++;
        var rule = _rules.New(_name);
        SkipBlanks(acrossLines: true);
        _rules.Define(rule, Alternatives(isNested: true));
        return TryTake(")") ? rule : throw Wrong("the group that begins here has no end", start);
    }

    private void Literal(List<int> all)
    {
        var start = _at++;
        while (true)
        {
            if (_at >= _text.Length)
                throw Wrong("the text that begins here has no end", start);
            if (_text[_at] == '"')
                break;
            var letter = Letter();
            all.Add(_rules.Class(isNegated: false, (letter, letter)));
        }

        _at++;
    }

    private void Class(List<int> all)
    {
        var start = _at++;
        var before = all.Count;
        var isNegated = TryTake("^");
        var ranges = new List<(int From, int To)>();
        while (true)
        {
            if (_at >= _text.Length)
                throw Wrong("the class that begins here has no end", start);
            if (_text[_at] == ']')
                break;
            var from = Letter();
            var to = from;
            all.Add(GbnfRules.Character);
            if (_at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] != ']')
            {
                _at++;
                to = Letter();
                if (to < from)
                    throw Wrong("a range goes backwards", start);
                all.Add(GbnfRules.Character);
            }

            ranges.Add((from, to));
        }

        if (all.Count == before)
            throw Wrong("a class without characters", start);
        all[before] = _rules.Class(isNegated, [.. ranges]);
        _at++;
    }

    private int Letter()
    {
        if (_text[_at] != '\\')
        {
            if (char.IsSurrogate(_text[_at])
                && !(char.IsHighSurrogate(_text[_at]) && _at + 1 < _text.Length && char.IsLowSurrogate(_text[_at + 1])))
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
        if (_at + digits > _text.Length
            || !int.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code is < 0 or > 0x10FFFF)
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
