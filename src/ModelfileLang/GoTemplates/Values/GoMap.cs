namespace ModelOps.ModelfileLang.GoTemplates.Values;

/// <summary>A map with text keys (<see cref="ByteText"/>).</summary>
internal sealed class GoMap(GoType type, Dictionary<string, GoValue> entries, bool isNil = false)
{
    private string[]? _keys;

    internal GoType Type { get; } = type;

    internal bool IsNil { get; } = isNil;

    internal int Count => entries.Count;

    /// <summary>In order of their bytes.</summary>
    internal ReadOnlySpan<string> Keys => _keys ??= Sorted();

    internal bool TryGet(string key, out GoValue value) => entries.TryGetValue(key, out value);

    internal GoValue this[string key] => entries[key];

    private string[] Sorted()
    {
        string[] keys = [.. entries.Keys];
        Array.Sort(keys, string.CompareOrdinal);
        return keys;
    }
}
