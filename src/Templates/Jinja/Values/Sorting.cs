namespace ModelOps.Templates.Jinja.Values;

/// <summary>Python's stable sort, by <c>&lt;</c> alone.</summary>
internal static class Sorting
{
    public static List<object?> Sorted(RenderState state, IEnumerable<object?> values, Func<object?, object?> key, bool reverse)
    {
        var items = new List<(object? Key, object? Value)>();
        foreach (var value in values)
        {
            state.Budget.Step();
            items.Add((key(value), value));
        }

        // A reversed sort keeps equal items in their order, as Python's does.
        if (reverse)
            items.Reverse();
        var sorted = Merged(state, items, 0, items.Count);
        if (reverse)
            sorted.Reverse();
        return [.. sorted.Select(item => item.Value)];
    }

    private static List<(object? Key, object? Value)> Merged(
        RenderState state, List<(object? Key, object? Value)> items, int start, int count)
    {
        if (count <= 1)
            return items.GetRange(start, count);
        var left = Merged(state, items, start, count / 2);
        var right = Merged(state, items, start + (count / 2), count - (count / 2));
        var merged = new List<(object? Key, object? Value)>(count);
        var (a, b) = (0, 0);
        while (a < left.Count && b < right.Count)
            merged.Add(Comparison.IsLess(state, right[b].Key, left[a].Key) ? right[b++] : left[a++]);
        merged.AddRange(left[a..]);
        merged.AddRange(right[b..]);
        return merged;
    }
}
