using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Nodes;

/// <summary>The variable <c>loop</c>. Looks ahead only when asked about what comes next.</summary>
internal sealed class LoopContext(For loop, RenderState state, Scope scope, IEnumerable<object?> items, long? length, int depth)
    : PyCallable, IDisposable
{
    private IEnumerator<object?> _items = items.GetEnumerator();
    private long? _length = length;
    private long _index = -1;
    private object? _before = Undefined.Because("there is no previous item");
    private object? _after;
    private bool _hasAfter;
    private object? _changed;
    private bool _everChanged;

    public override string TypeName => "LoopContext";

    public object? Current { get; private set; } = Undefined.Because("the loop has not begun");

    public long Length
    {
        get
        {
            if (_length is null)
            {
                var rest = new List<object?>();
                while (_items.MoveNext())
                {
                    state.Budget.Step();
                    rest.Add(_items.Current);
                }

                _items = rest.GetEnumerator();
                _length = rest.Count + _index + 1 + (_hasAfter ? 1 : 0);
            }

            return _length.Value;
        }
    }

    public override string Describe() => $"<LoopContext {_index + 1}/{Length}>";

    public bool MoveNext()
    {
        if (_index >= 0)
            _before = Current;
        if (_hasAfter)
            (Current, _hasAfter) = (_after, false);
        else if (_items.MoveNext())
            Current = _items.Current;
        else
            return false;
        _index++;
        return true;
    }

    /// <summary>The items that are left; walking over <c>loop</c> takes them from the loop itself.</summary>
    public IEnumerable<object?> Remaining()
    {
        while (MoveNext())
            yield return PyTuple.Of(Current, this);
    }

    public override object? Call(RenderState state, Arguments arguments) =>
        loop.Recurse(state, scope, arguments.Bind("loop", "iterable").Need(0), depth + 1);

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "index" => Numbers.Box(_index + 1),
            "index0" => Numbers.Box(_index),
            "revindex" => Numbers.Box(Length - _index),
            "revindex0" => Numbers.Box(Length - _index - 1),
            "first" => Truth.Box(_index == 0),
            "last" => Truth.Box(!Peek()),
            "length" => Numbers.Box(Length),
            "depth" => Numbers.Box(depth + 1L),
            "depth0" => Numbers.Box((long)depth),
            "previtem" => _before,
            "nextitem" => Peek() ? _after : Undefined.Because("there is no next item"),
            "cycle" => new PyFunction("cycle", Cycle),
            "changed" => new PyFunction("changed", Changed),
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }

    public void Dispose() => _items.Dispose();

    private bool Peek()
    {
        if (!_hasAfter && _items.MoveNext())
            (_after, _hasAfter) = (_items.Current, true);
        return _hasAfter;
    }

    private object? Cycle(RenderState caller, Arguments arguments) => arguments.Positional.Length == 0
        ? throw PythonError.Type("no items for cycling given")
        : arguments.Positional[_index % arguments.Positional.Length];

    private object? Changed(RenderState caller, Arguments arguments)
    {
        var value = PyTuple.Of(arguments.Positional);
        if (_everChanged && Comparison.AreEqual(value, _changed))
            return Truth.Box(false);
        (_changed, _everChanged) = (value, true);
        return Truth.Box(true);
    }
}
