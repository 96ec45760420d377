using System.Collections.Frozen;
using ModelOps.Templates.Jinja.Values;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary>Functions that every template knows.</summary>
internal static class Globals
{
    private const long MaximumRange = 100_000;

    public static FrozenDictionary<string, object?> All { get; } = new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["range"] = new PyFunction("range", Range),
        ["dict"] = new PyFunction("dict", (state, arguments) => Dict(state, arguments)),
        ["namespace"] = new PyFunction("namespace", Namespace),
        ["cycler"] = new PyFunction("cycler", (_, arguments) => arguments.Positional.Length > 0
            ? new Cycler(arguments.Positional)
            : throw new PythonError("RuntimeError: at least one item has to be provided")),
        ["joiner"] = new PyFunction("joiner", (_, arguments) => new Joiner(arguments.Bind("joiner", "sep").Or(0, ", "))),
        ["self"] = new TemplateReference(),
        ["raise_exception"] = new PyFunction("raise_exception", Raise),
        ["strftime_now"] = new PyFunction("strftime_now", (state, arguments) =>
            TimeText.Format(state, state.Now, StringMethods.Required(arguments.Bind("strftime_now", "format").Need(0)))),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static PyRange Range(RenderState state, Arguments arguments)
    {
        var numbers = arguments.Positional;
        if (numbers.Length is < 1 or > 3 || arguments.Named.Length > 0)
            throw PythonError.Type("range expected 1 to 3 arguments");
        foreach (var number in numbers)
        {
            if (number is double)
                throw PythonError.Type("'float' object cannot be interpreted as an integer");
        }

        var step = numbers.Length == 3 ? Numbers.Index(numbers[2]) : 1;
        if (step is 0 or long.MinValue)
            throw PythonError.Value("range() arg 3 must not be zero");
        var range = numbers.Length == 1
            ? new PyRange(0, Numbers.Index(numbers[0]), 1)
            : new PyRange(Numbers.Index(numbers[0]), Numbers.Index(numbers[1]), step);
        return range.Count > MaximumRange
            ? throw PythonError.Limit($"OverflowError: Range too big. The sandbox blocks ranges larger than MAX_RANGE ({MaximumRange}).")
            : range;
    }

    private static PyDict Dict(RenderState state, Arguments arguments)
    {
        if (arguments.Positional.Length > 1)
            throw PythonError.Type($"dict expected at most 1 argument, got {arguments.Positional.Length}");
        var dict = arguments.Positional switch
        {
            [PyDict source] => source.Copy(),
            [Undefined undefined] => throw undefined.Error(),
            [var pairs] => OfPairs(state, pairs),
            _ => new PyDict(),
        };
        state.Budget.Items(dict.Count);
        foreach (var (name, value) in arguments.Named)
            dict[name] = value;
        return dict;
    }

    private static PyDict OfPairs(RenderState state, object? pairs)
    {
        var dict = new PyDict();
        foreach (var pair in Iteration.ToList(state, pairs))
        {
            if (Iteration.ToList(state, pair) is not [var key, var value])
                throw PythonError.Value("dictionary update sequence element has a wrong length; 2 is required");
            dict[key] = value;
        }

        return dict;
    }

    private static PyNamespace Namespace(RenderState state, Arguments arguments)
    {
        var space = new PyNamespace();
        foreach (var (key, value) in Dict(state, arguments).Pairs)
            space.Values[key] = value;
        return space;
    }

    private static object? Raise(RenderState state, Arguments arguments) =>
        throw new PythonError(Printing.Str(state, arguments.Bind("raise_exception", "message").Need(0)), TemplateErrorKind.Raised);

    private sealed class TemplateReference : PyObject
    {
        public override string TypeName => "TemplateReference";

        public override string Describe() => "<TemplateReference None>";

        public override bool TryGetAttribute(string name, out object? value)
        {
            value = null;
            return false;
        }
    }

    private sealed class Cycler(object?[] items) : PyObject
    {
        private int _index;

        public override string TypeName => "Cycler";

        public override bool TryGetAttribute(string name, out object? value)
        {
            value = name switch
            {
                "current" => items[_index],
                "next" => new PyFunction("next", (_, _) =>
                {
                    var item = items[_index];
                    _index = (_index + 1) % items.Length;
                    return item;
                }),
                "reset" => new PyFunction("reset", (_, _) =>
                {
                    _index = 0;
                    return null;
                }),
                "items" => new PyTuple([.. items]),
                "pos" => Numbers.Box((long)_index),
                _ => this,
            };
            return !ReferenceEquals(value, this);
        }
    }

    private sealed class Joiner(object? separator) : PyCallable
    {
        private bool _used;

        public override string TypeName => "Joiner";

        public override object? Call(RenderState state, Arguments arguments)
        {
            if (_used)
                return separator;
            _used = true;
            return "";
        }
    }
}
