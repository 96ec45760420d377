namespace ModelOps.Prompting.Grammars;

/// <summary>
/// The rules of a grammar as the engine keeps them: groups and repeats are rules of their own, a repeat is written out. What they cost
/// there can so be known beforehand.
/// </summary>
internal sealed class GbnfRules
{
    /// <summary>A further part of a class of characters, which the engine would count as one more.</summary>
    internal const int Character = -1;

    /// <summary>Between two alternatives.</summary>
    internal const int Or = -2;

    /// <summary>This and below: characters, by the number of their class.</summary>
    internal const int FirstClass = -3;

    /// <summary>The engine refuses to write out more than this.</summary>
    internal const long MostRepetitions = 2000;

    private const int MostRules = 60_000;
    private const long MostElements = 1_000_000;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<(List<int>? Body, string Owner)> _rules = [];
    private readonly Dictionary<string, int> _classNumbers = new(StringComparer.Ordinal);
    private readonly List<CharacterClass> _classes = [];
    private long _elements;

    /// <summary>How many rules there are.</summary>
    internal int Count => _rules.Count;

    /// <summary>The rule was given a body.</summary>
    internal bool IsDefined(int rule) => _rules[rule].Body is not null;

    /// <summary>Its elements: rules by number, characters, and borders between alternatives.</summary>
    internal List<int> Body(int rule) => _rules[rule].Body!;

    /// <summary>The name in the text that it belongs to.</summary>
    internal string Owner(int rule) => _rules[rule].Owner;

    /// <summary>The number of a rule of this name.</summary>
    internal int Named(string name)
    {
        if (!_numbers.TryGetValue(name, out var number))
            _numbers[name] = number = New(name);
        return number;
    }

    /// <summary>A rule without a name of its own.</summary>
    internal int New(string owner)
    {
        if (_rules.Count >= MostRules)
            throw new GrammarException(0, 0, $"it has more than {MostRules} rules, repeats written out");
        _rules.Add((null, owner));
        return _rules.Count - 1;
    }

    /// <summary>The element of a class of characters.</summary>
    internal int Class(bool isNegated, params (int From, int To)[] ranges)
    {
        var key = string.Join(' ', ranges.Select(range => $"{range.From}-{range.To}").Prepend(isNegated ? "^" : ""));
        if (!_classNumbers.TryGetValue(key, out var number))
        {
            _classNumbers[key] = number = _classes.Count;
            _classes.Add(new CharacterClass(isNegated, ranges));
        }

        return FirstClass - number;
    }

    /// <summary>All classes, by number.</summary>
    internal CharacterClass[] Classes() => [.. _classes];

    /// <summary>Sets the body of a rule.</summary>
    internal void Define(int rule, List<int> body)
    {
        Charge(body.Count);
        _rules[rule] = (body, _rules[rule].Owner);
    }

    /// <summary>Writes the end of a sequence out as often as it repeats.</summary>
    /// <param name="sequence">What was read so far.</param>
    /// <param name="start">Where in it the repeated part begins.</param>
    /// <param name="least">At least this often.</param>
    /// <param name="most">At most this often; null for no bound.</param>
    /// <param name="owner">Name of the rule that is being read.</param>
    internal void Repeat(List<int> sequence, int start, int least, int? most, string owner)
    {
        var part = sequence.GetRange(start, sequence.Count - start);
        Charge((long)part.Count * Math.Max(least, 1));
        if (least == 0)
            sequence.RemoveRange(start, part.Count);
        for (var time = 1; time < least; time++)
            sequence.AddRange(part);

        var last = -1;
        for (var time = most is null ? 1 : most.Value - least; time > 0; time--)
        {
            var rest = New(owner);
            var next = most is null ? rest : last;
            Define(rest, next < 0 ? [.. part, Or] : [.. part, next, Or]);
            last = rest;
        }

        if (last >= 0)
            sequence.Add(last);
    }

    private void Charge(long elements)
    {
        _elements += elements;
        if (_elements > MostElements)
            throw new GrammarException(0, 0, $"it is longer than {MostElements} characters, repeats written out");
    }
}
