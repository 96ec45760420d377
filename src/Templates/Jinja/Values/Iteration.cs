namespace ModelOps.Templates.Jinja.Values;

/// <summary>Walking over values, and their length.</summary>
internal static class Iteration
{
    public static bool IsIterable(object? value) =>
        value is string or PySequence or PyDict or PyDictView or PyRange or PyIterator or Markup or Undefined or Nodes.LoopContext;

    /// <summary>The items of an iterable; a generator is used up by that.</summary>
    public static IEnumerable<object?> Of(object? value) => value switch
    {
        PySequence sequence => sequence.Items,
        string text => CodePoints.Each(text),
        PyDict dict => dict.Keys,
        PyDictView view => view.Enumerate(),
        PyRange range => Each(range),
        PyIterator iterator => Rest(iterator),
        Markup markup => CodePoints.Each(markup.Text),
        Undefined => [],
        Nodes.LoopContext loop => loop.Remaining(),
        _ => throw PythonError.Type($"'{TypeNames.Of(value)}' object is not iterable"),
    };

    /// <summary>A list of all items, paid for.</summary>
    public static List<object?> ToList(RenderState state, object? value)
    {
        if (value is PySequence sequence)
        {
            state.Budget.Items(sequence.Items.Count);
            return [.. sequence.Items];
        }

        var items = new List<object?>();
        foreach (var item in Of(value))
        {
            state.Budget.Step();
            items.Add(item);
        }

        return items;
    }

    /// <summary>What <c>len()</c> gives; null where it fails.</summary>
    public static long? Length(object? value) => value switch
    {
        string text => CodePoints.Length(text),
        PySequence sequence => sequence.Items.Count,
        PyDict dict => dict.Count,
        PyDictView view => view.Dict.Count,
        PyRange range => range.Count,
        Markup markup => CodePoints.Length(markup.Text),
        Undefined => 0,
        Nodes.LoopContext loop => loop.Length,
        _ => null,
    };

    /// <summary>The items from the last to the first, as <c>reversed()</c>; null where Python has no such order.</summary>
    public static IEnumerable<object?>? Reversed(RenderState state, object? value) => value switch
    {
        string or Markup or PyRange or PySequence or PyDict or PyDictView or Undefined => Enumerable.Reverse(ToList(state, value)),
        _ => null,
    };

    private static IEnumerable<object?> Each(PyRange range)
    {
        for (var index = 0L; index < range.Count; index++)
            yield return Numbers.Box(range.At(index));
    }

    private static IEnumerable<object?> Rest(PyIterator iterator)
    {
        while (iterator.Source.MoveNext())
            yield return iterator.Source.Current;
    }
}
