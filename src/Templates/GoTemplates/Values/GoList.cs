namespace ModelOps.Templates.GoTemplates.Values;

/// <summary>A list: a window on an array. Slicing moves the window and may widen it again.</summary>
internal sealed class GoList
{
    private readonly GoValue[] _items;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly int _start;

    internal GoList(GoType type, GoValue[] items, bool isNil = false)
        : this(type, items, default, 0, items.Length, items.Length, isNil)
    {
    }

    /// <summary>A run of bytes, which is not copied.</summary>
    internal GoList(GoType type, ReadOnlyMemory<byte> bytes)
        : this(type, [], bytes, 0, bytes.Length, bytes.Length, isNil: false)
    {
    }

    private GoList(GoType type, GoValue[] items, ReadOnlyMemory<byte> bytes, int start, int count, int capacity, bool isNil)
    {
        Type = type;
        _items = items;
        _bytes = bytes;
        _start = start;
        Count = count;
        Capacity = capacity;
        IsNil = isNil;
    }

    internal GoType Type { get; }

    internal int Count { get; }

    /// <summary>How far the window may reach, from its start.</summary>
    internal int Capacity { get; }

    /// <summary>Whether the list was never made; it is empty, and JSON says null.</summary>
    internal bool IsNil { get; }

    /// <summary>The bytes of a run of bytes.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes.Span.Slice(_start, Count);

    internal GoValue this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            if (Type.IsBytes)
                return GoValue.OfByte(_bytes.Span[_start + index]);
            return Type.HoldsAnything ? _items[_start + index].Boxed() : _items[_start + index];
        }
    }

    /// <summary>The elements of any other list.</summary>
    internal ReadOnlySpan<GoValue> Items => _items.AsSpan(_start, Count);

    internal GoList Slice(int from, int to, int capacity) => new(Type, _items, _bytes, _start + from, to - from, capacity - from, IsNil);
}
