using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Nodes;

/// <summary>Names of one frame; other names are looked up in the outer frame.</summary>
internal sealed class Scope(Scope? outer)
{
    private string[] _names = new string[4];
    private object?[] _values = new object?[4];
    private int _count;
    private Dictionary<string, int>? _index;

    public Scope? Outer { get; } = outer;

    public object? this[string name]
    {
        set
        {
            var index = IndexOf(name);
            if (index >= 0)
            {
                _values[index] = value;
                return;
            }

            if (_count == _names.Length)
                Grow();
            _names[_count] = name;
            _values[_count] = value;
            _index?.Add(name, _count);
            _count++;
        }
    }

    public bool TryGet(string name, out object? value)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            var index = scope.IndexOf(name);
            if (index >= 0)
            {
                value = scope._values[index];
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>The frame of the template itself.</summary>
    public Scope Root
    {
        get
        {
            var scope = this;
            while (scope.Outer is { } outer)
                scope = outer;
            return scope;
        }
    }

    public void Clear()
    {
        Array.Clear(_values, 0, _count);
        _count = 0;
        _index = null;
    }

    /// <summary>Sets a target: a name, an attribute of a namespace, or a tuple of targets.</summary>
    public void Assign(RenderState state, Expression target, object? value)
    {
        switch (target)
        {
            case Variable variable:
                this[variable.Name] = value;
                break;
            case NamespaceTarget member:
                member.Assign(state, this, value);
                break;
            case TupleExpression tuple:
                Unpack(state, tuple, value);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Unpack(RenderState state, TupleExpression targets, object? value)
    {
        if (value is not PyTuple and not PyList)
            value = new PyTuple(Iteration.IsIterable(value) ? Iteration.ToList(state, value) : throw CannotUnpack(value));
        var items = ((PySequence)value).Items;
        if (items.Count != targets.Items.Length)
        {
            throw PythonError.Value(items.Count < targets.Items.Length
                ? $"not enough values to unpack (expected {targets.Items.Length}, got {items.Count})"
                : $"too many values to unpack (expected {targets.Items.Length})");
        }

        for (var index = 0; index < items.Count; index++)
            Assign(state, targets.Items[index], items[index]);
    }

    private static PythonError CannotUnpack(object? value) =>
        PythonError.Type($"cannot unpack non-iterable {TypeNames.Of(value)} object");

    private int IndexOf(string name)
    {
        if (_index is not null)
            return _index.TryGetValue(name, out var found) ? found : -1;
        for (var index = 0; index < _count; index++)
        {
            if (ReferenceEquals(_names[index], name) || _names[index] == name)
                return index;
        }

        return -1;
    }

    private void Grow()
    {
        Array.Resize(ref _names, _count * 2);
        Array.Resize(ref _values, _count * 2);
        if (_count < 8 || _index is not null)
            return;
        _index = new Dictionary<string, int>(_count * 2, StringComparer.Ordinal);
        for (var index = 0; index < _count; index++)
            _index.Add(_names[index], index);
    }
}
