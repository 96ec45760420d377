using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary>Attributes, items and slices, with Jinja's order of looking.</summary>
internal static class Members
{
    /// <summary><c>value.name</c>: attributes first, then items.</summary>
    public static object? Attribute(object? value, string name)
    {
        if (TryAttribute(value, name, out var found))
            return found;
        return value is PyDict dict && dict.TryGet(name, out found) ? found : Undefined.Member(value, name);
    }

    /// <summary><c>value[key]</c>: items first, then attributes.</summary>
    public static object? Item(RenderState state, object? value, object? key)
    {
        if (TryItem(state, value, key, out var found))
            return found;
        var name = key is Markup markup ? markup.Text : key as string;
        return name is not null && TryAttribute(value, name, out found) ? found : Undefined.Member(value, key);
    }

    /// <summary>Only the attribute, as the filter <c>attr</c> reads it.</summary>
    public static bool TryAttribute(object? value, string name, out object? found)
    {
        if (value is Undefined undefined)
            throw undefined.Error();
        if (value is PyObject other && other.TryGetAttribute(name, out found))
            return true;
        if (name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal) && IsDunder(name))
        {
            found = Undefined.Unsafe(value, name);
            return true;
        }

        if (Methods.Find(value, name) is { } method)
        {
            found = new PyBoundMethod(value!, name, method);
            return true;
        }

        return Methods.TryProperty(value, name, out found);
    }

    public static object Slice(RenderState state, object? value, object? start, object? stop, object? step)
    {
        switch (value)
        {
            case string text:
                return CodePoints.Slice(state, text, Bounds.Of(start, stop, step, CodePoints.Length(text)));
            case Markup markup:
                return new Markup(CodePoints.Slice(state, markup.Text, Bounds.Of(start, stop, step, CodePoints.Length(markup.Text))));
            case PySequence sequence:
                var bounds = Bounds.Of(start, stop, step, sequence.Items.Count);
                state.Budget.Items(bounds.Count);
                var items = new List<object?>((int)bounds.Count);
                for (var round = 0L; round < bounds.Count; round++)
                    items.Add(sequence.Items[(int)(bounds.Start + (round * bounds.Step))]);
                return sequence is PyTuple ? new PyTuple(items) : new PyList(items);
            case PyRange range:
                var cut = Bounds.Of(start, stop, step, range.Count);
                var first = range.At(cut.Start);
                var stride = range.Step * cut.Step;
                return new PyRange(first, range.At(cut.Stop), stride);
            case Undefined undefined:
                throw undefined.Error();
            default:
                throw PythonError.Type($"'{TypeNames.Of(value)}' object is not subscriptable");
        }
    }

    private static bool TryItem(RenderState state, object? value, object? key, out object? found)
    {
        found = null;
        switch (value)
        {
            case PyDict dict:
                return key is not (PyList or PyDict) && dict.TryGet(key, out found);
            case PySequence sequence when Numbers.IsInteger(key):
                return At(sequence.Items.Count, key, out var index) && (found = sequence.Items[(int)index]) is var _;
            case PyRange range when Numbers.IsInteger(key):
                return At(range.Count, key, out var offset) && (found = Numbers.Box(range.At(offset))) is var _;
            case string text when Numbers.IsInteger(key):
                Budget.Reads(text);
                if (!At(CodePoints.Length(text), key, out var place))
                    return false;
                found = CodePoints.Slice(state, text, new Bounds(place, 1, 1));
                return true;
            case Markup markup when Numbers.IsInteger(key):
                if (!TryItem(state, markup.Text, key, out var point))
                    return false;
                found = new Markup((string)point!);
                return true;
            case Undefined undefined:
                throw undefined.Error();
            default:
                return false;
        }
    }

    private static bool At(long length, object? key, out long index)
    {
        index = Numbers.Index(key);
        if (index < 0)
            index += length;
        return index >= 0 && index < length;
    }

    /// <summary>Names that every Python object has but the sandbox forbids.</summary>
    private static bool IsDunder(string name) => name is "__class__" or "__doc__" or "__init__" or "__dict__" or "__eq__" or "__str__"
        or "__repr__" or "__len__" or "__hash__" or "__getitem__" or "__getattribute__" or "__reduce__" or "__new__" or "__module__"
        or "__subclasshook__" or "__dir__" or "__format__" or "__sizeof__" or "__call__" or "__globals__" or "__iter__" or "__contains__";
}
