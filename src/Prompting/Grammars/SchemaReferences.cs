namespace ModelOps.Prompting.Grammars;

/// <summary>References of one schema: the rule of each, and which lead to which before a value has begun.</summary>
internal sealed class SchemaReferences
{
    private readonly Dictionary<string, string> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(string To, string Path)>> _leads = new(StringComparer.Ordinal);
    private string? _from;

    /// <summary>The rule of a reference, when it is known or being made.</summary>
    internal bool TryGet(string pointer, out string rule)
    {
        var isKnown = _rules.TryGetValue(pointer, out var found);
        rule = found ?? "";
        return isKnown;
    }

    /// <summary>Notes that it is used, and is refused where it leads to itself without a value in between.</summary>
    internal void Use(string pointer, string path)
    {
        if (_from is null)
            return;
        (_leads.TryGetValue(_from, out var list) ? list : _leads[_from] = []).Add((pointer, path));
        if (Reaches(pointer, _from))
            throw new SchemaException("$ref", path, "it leads to itself and never to a value");
    }

    /// <summary>Makes the rule of a reference.</summary>
    internal void Make(string pointer, string rule, Action make)
    {
        _rules[pointer] = rule;
        Within(pointer, make);
    }

    /// <summary>What is made here lies inside an object or an array, so that it may lead anywhere.</summary>
    internal T Inside<T>(Func<T> make)
    {
        var before = _from;
        _from = null;
        try
        {
            return make();
        }
        finally
        {
            _from = before;
        }
    }

    private void Within(string pointer, Action make)
    {
        var before = _from;
        _from = pointer;
        try
        {
            make();
        }
        finally
        {
            _from = before;
        }
    }

    private bool Reaches(string from, string to)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([from]);
        while (open.TryPop(out var at))
        {
            if (at == to)
                return true;
            if (!seen.Add(at) || !_leads.TryGetValue(at, out var next))
                continue;
            foreach (var (step, _) in next)
                open.Push(step);
        }

        return false;
    }
}
