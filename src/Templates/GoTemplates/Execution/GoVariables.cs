using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Execution;

/// <summary>The variables of one template in order of declaration; the last of a name hides the others.</summary>
internal sealed class GoVariables
{
    private readonly List<(string Name, GoValue Value)> _entries = [];

    /// <summary>To be given to <see cref="Release"/> at the end of a block.</summary>
    internal int Mark => _entries.Count;

    internal void Release(int mark) => _entries.RemoveRange(mark, _entries.Count - mark);

    internal void Declare(string name, GoValue value) => _entries.Add((name, value));

    internal bool TryGet(string name, out GoValue value)
    {
        var index = Find(name);
        value = index < 0 ? default : _entries[index].Value;
        return index >= 0;
    }

    internal bool TrySet(string name, GoValue value)
    {
        var index = Find(name);
        if (index >= 0)
            _entries[index] = (name, value);
        return index >= 0;
    }

    /// <summary>Changes a variable by its place from the end; 1 is the one declared last.</summary>
    internal void SetTop(int back, GoValue value) => _entries[^back] = (_entries[^back].Name, value);

    private int Find(string name)
    {
        for (var index = _entries.Count - 1; index >= 0; index--)
        {
            if (string.Equals(_entries[index].Name, name, StringComparison.Ordinal))
                return index;
        }

        return -1;
    }
}
