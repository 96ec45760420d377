using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary><c>find</c> and its kin, in code points.</summary>
internal static class StringSearch
{
    public static long Find(string text, Arguments arguments, string name, bool fromEnd)
    {
        var bound = arguments.Bind(name, "sub", "start", "end");
        var wanted = StringMethods.Required(bound.Need(0));
        if (!TryWindow(text, bound, out var from, out var to))
            return -1;
        Budget.Searches(text, wanted);
        var window = text.AsSpan(from, to - from);
        var found = fromEnd ? window.LastIndexOf(wanted, StringComparison.Ordinal) : window.IndexOf(wanted, StringComparison.Ordinal);
        return found < 0 ? -1 : CodePoints.Length(text[..(from + found)]);
    }

    public static object? Index(string text, Arguments arguments, string name, bool fromEnd)
    {
        var found = Find(text, arguments, name, fromEnd);
        return found < 0 ? throw PythonError.Value("substring not found") : Numbers.Box(found);
    }

    public static object? Count(string text, Arguments arguments)
    {
        var bound = arguments.Bind("count", "sub", "start", "end");
        var wanted = StringMethods.Required(bound.Need(0));
        if (!TryWindow(text, bound, out var from, out var to))
            return Numbers.Box(0);
        if (wanted.Length == 0)
            return Numbers.Box(CodePoints.Length(text[from..to]) + 1L);
        Budget.Searches(text, wanted);
        var count = 0L;
        for (var found = text.IndexOf(
            wanted,
            from,
            to - from,
            StringComparison.Ordinal); found >= 0; found = text.IndexOf(wanted, from, to - from, StringComparison.Ordinal))
        {
            count++;
            from = found + wanted.Length;
        }

        return Numbers.Box(count);
    }

    private static bool TryWindow(string text, Arguments.Bound bound, out int from, out int to)
    {
        var length = CodePoints.Length(text);
        var bounds = Bounds.Of(bound.Or(1, null), bound.Or(2, null), null, length);
        from = CodePoints.Offset(text, bounds.Start);
        to = CodePoints.Offset(text, bounds.Start + bounds.Count);
        return bound.Or(1, null) is not { } start || Numbers.Index(start) <= length;
    }
}
