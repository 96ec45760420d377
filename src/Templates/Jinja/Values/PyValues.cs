using System.Collections.Immutable;

namespace ModelOps.Templates.Jinja.Values;

// Python's None, bool, int, float and str are null, bool, long or BigInteger, double, and string.

/// <summary>A value with a Python type of its own.</summary>
internal abstract class PyObject
{
    /// <summary>Name as in Python's error messages.</summary>
    public abstract string TypeName { get; }

    /// <summary>What the value prints as, when it is not a container.</summary>
    public virtual string Describe() => $"<{TypeName} object>";

    public virtual bool TryGetAttribute(string name, out object? value)
    {
        value = null;
        return false;
    }
}

/// <summary>A list or a tuple.</summary>
internal abstract class PySequence(List<object?> items) : PyObject
{
    public List<object?> Items { get; } = items;
}

internal sealed class PyList(List<object?> items) : PySequence(items)
{
    public override string TypeName => "list";
}

internal class PyTuple(List<object?> items) : PySequence(items)
{
    public override string TypeName => "tuple";

    public static PyTuple Of(params ReadOnlySpan<object?> items) => new([.. items]);
}

/// <summary>A pair of <c>groupby</c>: also has its parts by name.</summary>
internal sealed class PyGroup(object? grouper, PyList list) : PyTuple([grouper, list])
{
    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "grouper" => Items[0],
            "list" => Items[1],
            _ => null,
        };
        return name is "grouper" or "list";
    }
}

/// <summary>What <c>range()</c> gives: a sequence that is never stored.</summary>
internal sealed class PyRange(long start, long stop, long step) : PyObject
{
    public long Start { get; } = start;

    public long Stop { get; } = stop;

    public long Step { get; } = step;

    public long Count { get; } = (long)Int128.Clamp(
        step > 0 ? ((Int128)stop - start + step - 1) / step : ((Int128)start - stop - step - 1) / -(Int128)step, 0, long.MaxValue);

    public override string TypeName => "range";

    public long At(long index) => Start + (index * Step);

    public override string Describe() => Step == 1 ? $"range({Start}, {Stop})" : $"range({Start}, {Stop}, {Step})";
}

/// <summary>A live view of a dict: <c>d.keys()</c>, <c>d.values()</c> or <c>d.items()</c>.</summary>
internal sealed class PyDictView(PyDict dict, string part) : PyObject
{
    public PyDict Dict { get; } = dict;

    public string Part { get; } = part;

    public override string TypeName => "dict_" + Part;

    public IEnumerable<object?> Enumerate()
    {
        foreach (var (key, value) in Dict.Pairs)
        {
            yield return Part switch
            {
                "keys" => key,
                "values" => value,
                _ => PyTuple.Of(key, value),
            };
        }
    }
}

/// <summary>A generator: can be walked once.</summary>
internal sealed class PyIterator(IEnumerator<object?> source, string typeName = "generator") : PyObject
{
    public IEnumerator<object?> Source { get; } = source;

    public override string TypeName { get; } = typeName;

    public override string Describe() => $"<{TypeName} object>";
}

/// <summary>Text that counts as escaped HTML.</summary>
internal sealed class Markup(string text) : PyObject
{
    public string Text { get; } = text;

    public override string TypeName => "Markup";
}

/// <summary>The object of <c>namespace()</c>, the one thing that a template may assign into.</summary>
internal sealed class PyNamespace : PyObject
{
    public PyDict Values { get; } = new();

    public override string TypeName => "Namespace";

    public override bool TryGetAttribute(string name, out object? value) => Values.TryGet(name, out value);
}

/// <summary>Something a template can call.</summary>
internal abstract class PyCallable : PyObject
{
    public override string TypeName => "function";

    public abstract object? Call(RenderState state, Arguments arguments);
}

/// <summary>A built-in function under its name.</summary>
internal sealed class PyFunction(string name, Func<RenderState, Arguments, object?> body) : PyCallable
{
    public override string Describe() => $"<function {name}>";

    public override object? Call(RenderState state, Arguments arguments) => body(state, arguments);
}

/// <summary>A method that was read from its object, not called yet.</summary>
internal sealed class PyBoundMethod(object target, string name, Method body) : PyCallable
{
    public override string TypeName => "builtin_function_or_method";

    public override string Describe() => $"<built-in method {name} of {TypeNames.Of(target)} object>";

    public override object? Call(RenderState state, Arguments arguments) => body(state, target, arguments);
}

/// <summary>Names of Python's types, as error messages have them.</summary>
internal static class TypeNames
{
    private static readonly ImmutableArray<string> BuiltIn =
        ["list", "tuple", "range", "dict", "dict_keys", "dict_values", "dict_items", "generator"];

    public static string Of(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long or System.Numerics.BigInteger => "int",
        double => "float",
        string => "str",
        PyObject other => other.TypeName,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>As undefined values name their owner.</summary>
    public static string Described(object? value) => value switch
    {
        null => "None",
        PyNamespace => "jinja2.utils.Namespace object",
        PyObject other when !BuiltIn.Contains(other.TypeName) => other.TypeName + " object",
        _ => Of(value) + " object",
    };
}
