namespace ModelOps.Templates.GoTemplates.Values;

/// <summary>A map with text keys (<see cref="ByteText"/>).</summary>
internal sealed class GoMap(GoType type, Dictionary<string, GoValue> entries, bool isNil = false)
{
    private string[]? _keys;

    internal GoType Type { get; } = type;

    internal bool IsNil { get; } = isNil;

    internal int Count => entries.Count;

    /// <summary>In order of their bytes.</summary>
    internal ReadOnlySpan<string> Keys => _keys ??= Sorted();

    internal GoValue this[string key] => TryGet(key, out var value) ? value : throw new KeyNotFoundException();

    internal bool TryGet(string key, out GoValue value)
    {
        var isFound = entries.TryGetValue(key, out value);
        value = Type.HoldsAnything ? value.Boxed() : value;
        return isFound;
    }

    private string[] Sorted()
    {
        string[] keys = [.. entries.Keys];
        Array.Sort(keys, string.CompareOrdinal);
        return keys;
    }
}
