using System.Collections.Frozen;
using System.Numerics;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary>Methods of Python's types that the immutable sandbox allows.</summary>
internal static class Methods
{
    private static readonly FrozenDictionary<string, Method> OfList = new Dictionary<string, Method>(StringComparer.Ordinal)
    {
        ["count"] = (state, target, arguments) => Numbers.Box(
            Items(state, target).LongCount(item => Comparison.AreEqual(item, arguments.Bind("count", "value").Need(0)))),
        ["index"] = IndexOf,
        ["copy"] = (state, target, _) => new PyList([.. Items(state, target)]),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Method> OfDict = new Dictionary<string, Method>(StringComparer.Ordinal)
    {
        ["get"] = (_, target, arguments) =>
        {
            var bound = arguments.Bind("get", "key", "default");
            return ((PyDict)target).TryGet(bound.Need(0), out var value) ? value : bound.Or(1, null);
        },
        ["items"] = (_, target, arguments) => View(target, arguments, "items"),
        ["keys"] = (_, target, arguments) => View(target, arguments, "keys"),
        ["values"] = (_, target, arguments) => View(target, arguments, "values"),
        ["copy"] = (state, target, _) =>
        {
            state.Budget.Items(((PyDict)target).Count);
            return ((PyDict)target).Copy();
        },
        ["fromkeys"] = FromKeys,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Method> OfNumber = new Dictionary<string, Method>(StringComparer.Ordinal)
    {
        ["is_integer"] = (_, target, _) => Truth.Box(target is not double number || number == Math.Floor(number)),
        ["bit_length"] = (_, target, _) => Numbers.Box(
            target is double ? throw PythonError.Type("bit_length") : (long)BigInteger.Abs(Numbers.Big(target)).GetBitLength()),
        ["conjugate"] = (_, target, _) => target,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Mutating = new[]
    {
        "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort", "popitem", "setdefault", "update",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The method of a value's type; null when it has none of this name.</summary>
    public static Method? Find(object? target, string name) => target switch
    {
        string => StringMethods.Find(name),
        PyDict => OfDict.GetValueOrDefault(name),
        PyList => OfList.GetValueOrDefault(name),
        PyTuple or PyRange when name != "copy" => OfList.GetValueOrDefault(name),
        Markup => StringMethods.Find(name) is { } method ? OnMarkup(method) : null,
        bool or long or double or BigInteger => OfNumber.GetValueOrDefault(name),
        _ => null,
    };

    /// <summary>What is read without a call; methods that would change a value are found, but marked unsafe.</summary>
    public static bool TryProperty(object? target, string name, out object? value)
    {
        value = (target, name) switch
        {
            (PyList, _) when Mutating.Contains(name) && name is not ("popitem" or "setdefault" or "update") =>
                Undefined.Unsafe(target, name),
            (PyDict, "clear" or "pop" or "popitem" or "setdefault" or "update") => Undefined.Unsafe(target, name),
            (PyRange range, "start") => Numbers.Box(range.Start),
            (PyRange range, "stop") => Numbers.Box(range.Stop),
            (PyRange range, "step") => Numbers.Box(range.Step),
            (bool or long or BigInteger, "real" or "numerator") => Arithmetic.Plus(target),
            (bool or long or BigInteger, "denominator") => Numbers.Box(1),
            (bool or long or BigInteger, "imag") => Numbers.Box(0),
            (double, "real") => target,
            (double, "imag") => 0.0,
            _ => Missing,
        };
        return !ReferenceEquals(value, Missing);
    }

    private static object Missing { get; } = new();

    private static Method OnMarkup(Method method) => (state, target, arguments) =>
    {
        var escaped = new Arguments(
            [.. arguments.Positional.Select(Html.EscapeOperand)],
            [.. arguments.Named.Select(pair => new KeyValuePair<string, object?>(pair.Key, Html.EscapeOperand(pair.Value)))]);
        return Marked(method(state, ((Markup)target).Text, escaped));
    };

    private static object? Marked(object? value) => value switch
    {
        string text => new Markup(text),
        PyList list => new PyList([.. list.Items.Select(Marked)]),
        PyTuple tuple => new PyTuple([.. tuple.Items.Select(Marked)]),
        _ => value,
    };

    private static List<object?> Items(RenderState state, object target) => Iteration.ToList(state, target);

    private static object? IndexOf(RenderState state, object target, Arguments arguments)
    {
        var bound = arguments.Bind("index", "value", "start", "stop");
        var items = Items(state, target);
        var bounds = Bounds.Of(bound.Or(1, null), bound.Or(2, null), null, items.Count);
        for (var index = bounds.Start; index < bounds.Start + bounds.Count; index++)
        {
            if (Comparison.AreEqual(items[(int)index], bound.Need(0)))
                return Numbers.Box(index);
        }

        throw PythonError.Value("the value is not in the list");
    }

    private static PyDictView View(object target, Arguments arguments, string part)
    {
        arguments.Bind(part);
        return new PyDictView((PyDict)target, part);
    }

    private static PyDict FromKeys(RenderState state, object target, Arguments arguments)
    {
        var bound = arguments.Bind("fromkeys", "iterable", "value");
        var dict = new PyDict();
        foreach (var key in Iteration.ToList(state, bound.Need(0)))
            dict[key] = bound.Or(1, null);
        return dict;
    }
}
