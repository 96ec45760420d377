using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary><c>split</c>, <c>rsplit</c>, <c>splitlines</c>, <c>partition</c>, <c>rpartition</c>.</summary>
internal static class StringSplitting
{
    public static object? Split(RenderState state, object target, Arguments arguments)
    {
        var bound = arguments.Bind("split", "sep", "maxsplit");
        var limit = bound.Integer(1, -1);
        return bound.Or(0, null) is { } separator
            ? BySeparator(state, (string)target, NotEmpty(separator), limit)
            : BySpace(state, (string)target, limit);
    }

    public static object? SplitFromEnd(RenderState state, object target, Arguments arguments)
    {
        var bound = arguments.Bind("rsplit", "sep", "maxsplit");
        var limit = bound.Integer(1, -1);
        return bound.Or(0, null) is { } separator
            ? BySeparatorFromEnd(state, (string)target, NotEmpty(separator), limit)
            : BySpaceFromEnd(state, (string)target, limit);
    }

    public static object? Lines(RenderState state, object target, Arguments arguments)
    {
        var lines = CodePoints.Lines((string)target, arguments.Bind("splitlines", "keepends").Flag(0, fallback: false));
        state.Budget.Items(lines.Count);
        return new PyList([.. lines]);
    }

    public static PyTuple Partition(object target, Arguments arguments, bool fromEnd)
    {
        var text = (string)target;
        var separator = NotEmpty(arguments.Bind("partition", "sep").Need(0));
        Budget.Searches(text, separator);
        var found = fromEnd ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        if (found < 0)
            return fromEnd ? PyTuple.Of("", "", text) : PyTuple.Of(text, "", "");
        return PyTuple.Of(text[..found], separator, text[(found + separator.Length)..]);
    }

    private static string NotEmpty(object? separator) =>
        StringMethods.Required(separator) is { Length: > 0 } text ? text : throw PythonError.Value("empty separator");

    private static PyList BySeparator(RenderState state, string text, string separator, long limit)
    {
        Budget.Searches(text, separator);
        var parts = new List<object?>();
        var start = 0;
        for (var found = text.IndexOf(separator, StringComparison.Ordinal); found >= 0
            && limit != 0; found = text.IndexOf(separator, start, StringComparison.Ordinal))
        {
            state.Budget.Step();
            parts.Add(text[start..found]);
            start = found + separator.Length;
            limit--;
        }

        parts.Add(text[start..]);
        return new PyList(parts);
    }

    private static PyList BySeparatorFromEnd(RenderState state, string text, string separator, long limit)
    {
        Budget.Searches(text, separator);
        var parts = new List<object?>();
        var rest = text.AsSpan();
        for (var found = rest.LastIndexOf(separator, StringComparison.Ordinal); found >= 0
            && limit != 0; found = rest.LastIndexOf(separator, StringComparison.Ordinal))
        {
            state.Budget.Step();
            parts.Add(rest[(found + separator.Length)..].ToString());
            rest = rest[..found];
            limit--;
        }

        parts.Add(rest.ToString());
        parts.Reverse();
        return new PyList(parts);
    }

    private static PyList BySpace(RenderState state, string text, long limit)
    {
        var parts = new List<object?>();
        var index = 0;
        while (true)
        {
            while (index < text.Length && CodePoints.IsSpace(text[index]))
                index++;
            if (index == text.Length)
                return new PyList(parts);
            state.Budget.Step();
            if (limit-- == 0)
            {
                parts.Add(CodePoints.StripEnd(text[index..]));
                return new PyList(parts);
            }

            var start = index;
            while (index < text.Length && !CodePoints.IsSpace(text[index]))
                index++;
            parts.Add(text[start..index]);
        }
    }

    private static PyList BySpaceFromEnd(RenderState state, string text, long limit)
    {
        var parts = new List<object?>();
        var index = text.Length;
        while (true)
        {
            while (index > 0 && CodePoints.IsSpace(text[index - 1]))
                index--;
            if (index == 0)
                break;
            state.Budget.Step();
            if (limit-- == 0)
            {
                parts.Add(CodePoints.StripStart(text[..index]));
                break;
            }

            var end = index;
            while (index > 0 && !CodePoints.IsSpace(text[index - 1]))
                index--;
            parts.Add(text[index..end]);
        }

        parts.Reverse();
        return new PyList(parts);
    }
}
