namespace ModelOps.Templates.GoTemplates.Syntax;

/// <summary>The variables that may be used at a place.</summary>
internal sealed class GoScope
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    internal GoScope() => Add("$");

    internal int Count => _names.Count;

    internal bool Contains(string name) => _counts.GetValueOrDefault(name) > 0;

    internal void Add(string name)
    {
        _names.Add(name);
        _counts[name] = _counts.GetValueOrDefault(name) + 1;
    }

    /// <summary>Keeps only the given number of first variables.</summary>
    internal void Truncate(int count)
    {
        for (var index = count; index < _names.Count; index++)
            _counts[_names[index]]--;
        _names.RemoveRange(count, _names.Count - count);
    }
}
