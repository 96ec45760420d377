using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary>Filters on lists and dicts as a whole.</summary>
internal static class ListFilters
{
    public static Dictionary<string, FilterBody> All { get; } = new(StringComparer.Ordinal)
    {
        ["list"] = (state, value, arguments) =>
        {
            arguments.Bind("list");
            return new PyList(Iteration.ToList(state, value));
        },
        ["items"] = Filters.Alone("items", Items),
        ["first"] = Filters.Alone(
            "first",
            (_, value) => Iteration.Of(value).Take(1).ToList() is [var first]
                ? first
                : Undefined.Because("No first item, sequence was empty.")),
        ["last"] = Filters.Alone("last", (state, value) => Iteration.Reversed(state, value) switch
        {
            null => throw PythonError.Type($"'{TypeNames.Of(value)}' object is not reversible"),
            var items => items.Take(1).ToList() is [var last] ? last : Undefined.Because("No last item, sequence was empty."),
        }),
        ["random"] = Filters.Alone(
            "random",
            (state, value) => Iteration.ToList(state, value) is [var first, ..]
                ? first
                : Undefined.Because("No random item, sequence was empty.")),
        ["join"] = Join,
        ["reverse"] = Filters.Alone("reverse", Reverse),
        ["sort"] = Sort,
        ["dictsort"] = DictSort,
        ["unique"] = Unique,
        ["min"] = (state, value, arguments) => Extreme(state, value, arguments, wantsLeast: true),
        ["max"] = (state, value, arguments) => Extreme(state, value, arguments, wantsLeast: false),
        ["sum"] = Sum,
        ["batch"] = Batch,
        ["slice"] = SliceInto,
        ["groupby"] = GroupBy,
    };

    private static PyIterator Iterator(IEnumerable<object?> items) => new(items.GetEnumerator());

    private static object? Items(RenderState state, object? value) => value switch
    {
        Undefined => Iterator([]),
        PyDict dict => Iterator(new PyDictView(dict, "items").Enumerate()),
        _ => throw PythonError.Type("Can only get item pairs from a mapping."),
    };

    private static object? Join(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("join", "d", "attribute");
        var read = Lookup.Of(state, bound.Or(1, null));
        var parts = Iteration.ToList(state, value).ConvertAll(item => read(item));
        var separator = bound.Or(0, "");
        var escapes = state.Autoescape && (separator is Markup || parts.Exists(part => part is Markup));
        var output = new System.Text.StringBuilder();
        var between = escapes ? Html.Of(state, separator) : Printing.Str(state, separator);
        for (var index = 0; index < parts.Count; index++)
        {
            if (index > 0)
                output.Append(between);
            output.Append(escapes ? Html.Of(state, parts[index]) : Printing.Str(state, parts[index]));
            if (output.Length > state.Budget.MaximumCharacters)
                throw PythonError.Limit("the output is too long");
        }

        state.Budget.Text(output.Length);
        return escapes ? new Markup(output.ToString()) : output.ToString();
    }

    private static object? Reverse(RenderState state, object? value)
    {
        if (value is string text)
            return Members.Slice(state, text, null, null, -1L);
        if (Iteration.Reversed(state, value) is { } reversed)
            return new PyIterator(reversed.GetEnumerator(), value is PyList ? "list_reverseiterator" : "reversed");
        if (!Iteration.IsIterable(value))
            throw new PythonError("FilterArgumentError: argument must be iterable");
        var items = Iteration.ToList(state, value);
        items.Reverse();
        return new PyList(items);
    }

    private static object? Sort(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("sort", "reverse", "case_sensitive", "attribute");
        var key = Lookup.OfMany(state, bound.Or(2, null), !bound.Flag(1, fallback: false));
        return new PyList(Sorting.Sorted(state, Iteration.Of(value), key, bound.Flag(0, fallback: false)));
    }

    private static object? DictSort(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("dictsort", "case_sensitive", "by", "reverse");
        var position = bound.Or(1, "key") switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw new PythonError("FilterArgumentError: You can only sort by either \"key\" or \"value\""),
        };
        if (value is not PyDict dict)
            throw value is Undefined undefined
                ? undefined.Error()
                : new PythonError($"UndefinedError: '{TypeNames.Described(value)}' has no attribute 'items'");
        var folds = !bound.Flag(0, fallback: false);
        return new PyList(Sorting.Sorted(
            state,
            new PyDictView(dict, "items").Enumerate(),
            pair => ((PyTuple)pair!).Items[position] is var part && folds ? Lookup.Folded(part) : part,
            bound.Flag(2, fallback: false)));
    }

    private static object? Unique(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("unique", "case_sensitive", "attribute");
        var key = Lookup.Of(state, bound.Or(1, null), !bound.Flag(0, fallback: false));
        return Iterator(Distinct(state, value, key));
    }

    private static IEnumerable<object?> Distinct(RenderState state, object? value, Func<object?, object?> key)
    {
        var seen = new PyDict();
        foreach (var item in Iteration.Of(value))
        {
            state.Budget.Step();
            var name = key(item);
            if (seen.Contains(name))
                continue;
            seen[name] = null;
            yield return item;
        }
    }

    private static object? Extreme(RenderState state, object? value, Arguments arguments, bool wantsLeast)
    {
        var bound = arguments.Bind(wantsLeast ? "min" : "max", "case_sensitive", "attribute");
        var key = Lookup.Of(state, bound.Or(1, null), !bound.Flag(0, fallback: false));
        var items = Iteration.ToList(state, value);
        if (items.Count == 0)
            return Undefined.Because("No aggregated item, sequence was empty.");
        var best = items[0];
        foreach (var item in items.Skip(1))
        {
            if (wantsLeast ? Comparison.IsLess(state, key(item), key(best)) : Comparison.Order(state, ">", key(item), key(best)) > 0)
                best = item;
        }

        return best;
    }

    private static object? Sum(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("sum", "attribute", "start");
        var read = Lookup.Of(state, bound.Or(0, null));
        var total = bound.Or(1, Numbers.Box(0));
        if (total is string or Markup)
            throw PythonError.Type("sum() can't sum strings [use ''.join(seq) instead]");
        foreach (var item in Iteration.ToList(state, value))
            total = Arithmetic.Add(state, total, read(item));
        return total;
    }

    private static object? Batch(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("batch", "linecount", "fill_with");
        var size = Numbers.Index(bound.Need(0));
        var fill = bound.Or(1, null);
        var rows = new List<object?>();
        var row = new List<object?>();
        foreach (var item in Iteration.ToList(state, value))
        {
            if (row.Count == size)
            {
                rows.Add(new PyList(row));
                row = [];
            }

            row.Add(item);
        }

        if (row.Count > 0)
        {
            if (fill is not null && size > row.Count)
            {
                state.Budget.Items(size);
                while (row.Count < size)
                    row.Add(fill);
            }

            rows.Add(new PyList(row));
        }

        return Iterator(rows);
    }

    private static object? SliceInto(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("slice", "slices", "fill_with");
        var columns = Numbers.Index(bound.Need(0));
        if (columns <= 0)
            throw new PythonError("ZeroDivisionError: integer division or modulo by zero");
        state.Budget.Items(columns);
        var items = Iteration.ToList(state, value);
        var (each, extra) = (items.Count / columns, items.Count % columns);
        var rows = new List<object?>();
        var start = 0;
        for (var column = 0L; column < columns; column++)
        {
            var count = (int)(each + (column < extra ? 1 : 0));
            var row = items.GetRange(start, count);
            start += count;
            if (bound.Or(1, null) is { } fill && column >= extra)
                row.Add(fill);
            rows.Add(new PyList(row));
        }

        return Iterator(rows);
    }

    private static object? GroupBy(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("groupby", "attribute", "default", "case_sensitive");
        var folds = !bound.Flag(2, fallback: false);
        var key = Lookup.Of(state, bound.Need(0), folds, bound.Or(1, null), bound.Or(1, null) is not null);
        var plain = Lookup.Of(state, bound.Need(0), ignoreCase: false, bound.Or(1, null), bound.Or(1, null) is not null);
        var groups = new List<object?>();
        List<object?>? group = null;
        object? last = null;
        foreach (var item in Sorting.Sorted(state, Iteration.Of(value), key, reverse: false))
        {
            var name = key(item);
            if (group is null || !Comparison.AreEqual(name, last))
            {
                group = [];
                groups.Add(new PyGroup(folds ? plain(item) : name, new PyList(group)));
                last = name;
            }

            group.Add(item);
        }

        return new PyList(groups);
    }
}
