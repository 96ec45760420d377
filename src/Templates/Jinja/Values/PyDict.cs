namespace ModelOps.Templates.Jinja.Values;

/// <summary>
/// A dict: keeps the order of insertion, and has Python's idea of equal keys (<c>1</c>, <c>1.0</c> and <c>True</c> are one).
/// </summary>
internal sealed class PyDict : PyObject
{
    private static readonly object NoneKey = new();

    private readonly OrderedDictionary<object, object?> _entries;

    public PyDict(int capacity = 0) => _entries = new OrderedDictionary<object, object?>(capacity, KeyComparer.Instance);

    public override string TypeName => "dict";

    public int Count => _entries.Count;

    public IEnumerable<object?> Keys
    {
        get
        {
            for (var index = 0; index < _entries.Count; index++)
                yield return Outside(_entries.GetAt(index).Key);
        }
    }

    public IEnumerable<KeyValuePair<object?, object?>> Pairs
    {
        get
        {
            for (var index = 0; index < _entries.Count; index++)
            {
                var entry = _entries.GetAt(index);
                yield return new(Outside(entry.Key), entry.Value);
            }
        }
    }

    public object? this[object? key]
    {
        set => _entries[key ?? NoneKey] = value;
    }

    public bool TryGet(object? key, out object? value) => _entries.TryGetValue(key ?? NoneKey, out value);

    public bool Contains(object? key) => _entries.ContainsKey(key ?? NoneKey);

    public void Remove(object? key) => _entries.Remove(key ?? NoneKey);

    public PyDict Copy()
    {
        var copy = new PyDict(Count);
        foreach (var (key, value) in Pairs)
            copy[key] = value;
        return copy;
    }

    private static object? Outside(object key) => ReferenceEquals(key, NoneKey) ? null : key;

    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static readonly KeyComparer Instance = new();

        public new bool Equals(object? x, object? y)
        {
            if (x is string left && y is string right)
                return Comparison.SameText(left, right);
            if (ReferenceEquals(x, y))
                return true;
            return !ReferenceEquals(x, NoneKey) && !ReferenceEquals(y, NoneKey) && Comparison.AreEqual(x, y);
        }

        public int GetHashCode(object obj) =>
            obj is string text ? Comparison.HashText(text)
            : ReferenceEquals(obj, NoneKey) ? 0
            : Comparison.Hash(obj);
    }
}
