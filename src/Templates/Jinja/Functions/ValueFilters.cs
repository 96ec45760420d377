using System.Numerics;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary>Filters on values of any kind, and on numbers.</summary>
internal static class ValueFilters
{
    public static Dictionary<string, FilterBody> All { get; } = new(StringComparer.Ordinal)
    {
        ["default"] = Default,
        ["d"] = Default,
        ["tojson"] = ToJson,
        ["string"] = (state, value, arguments) =>
        {
            arguments.Bind("string");
            return value is string or Markup ? value : Printing.Str(state, value);
        },
        ["safe"] = Filters.Alone("safe", (state, value) => value as Markup ?? new Markup(Printing.Str(state, value))),
        ["escape"] = Filters.Alone("escape", (state, value) => new Markup(Html.Of(state, value))),
        ["e"] = Filters.Alone("e", (state, value) => new Markup(Html.Of(state, value))),
        ["forceescape"] = Filters.Alone("forceescape", (state, value) => new Markup(Html.Escape(Printing.Str(state, value)))),
        ["attr"] = (state, value, arguments) =>
        {
            var name = Printing.Str(state, arguments.Bind("attr", "name").Need(0));
            return value is not Undefined && Members.TryAttribute(value, name, out var found) ? found : Undefined.Member(value, name);
        },
        ["int"] = ToInteger,
        ["float"] = ToReal,
        ["abs"] = Abs,
        ["round"] = Round,
        ["filesizeformat"] = FileSize,
        ["pprint"] = Filters.Alone("pprint", (state, value) => Printing.Repr(state, value)),
        ["length"] = Length,
        ["count"] = Length,
    };

    private static object? Default(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("default", "default_value", "boolean");
        return value is Undefined || (bound.Flag(1, fallback: false) && !Truth.Of(value)) ? bound.Or(0, "") : value;
    }

    private static object? Length(RenderState state, object? value, Arguments arguments)
    {
        arguments.Bind("length");
        return Iteration.Length(value) is { } length
            ? Numbers.Box(length)
            : throw PythonError.Type($"object of type '{TypeNames.Of(value)}' has no len()");
    }

    private static object? ToJson(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
        var indent = bound.Or(1, null) switch
        {
            null => null,
            string text => text,
            var width => new string(' ', (int)Math.Clamp(Numbers.Index(width), 0, 10_000)),
        };
        var (item, key) = (indent is null ? ", " : ",", ": ");
        if (bound.Or(2, null) is { } separators)
        {
            if (Iteration.ToList(state, separators) is not [var first, var second])
                throw PythonError.Value("separators must be two texts");
            (item, key) = (StringMethods.Required(first), StringMethods.Required(second));
        }

        return PythonJson.Write(
            state, value, new JsonStyle(bound.Flag(0, fallback: false), indent, item, key, bound.Flag(3, fallback: false)));
    }

    private static object? ToInteger(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("int", "default", "base");
        var fallback = bound.Or(0, Numbers.Box(0));
        switch (value)
        {
            case string or Markup:
                var text = Printing.Str(state, value);
                if (Numbers.ParseInteger(text, bound.Integer(1, 10)) is { } number)
                    return number;
                return Numbers.TryParseReal(text, out var parsed) && double.IsFinite(parsed) ? Truncated(parsed) : fallback;
            case double real:
                return double.IsNaN(real) ? fallback
                    : double.IsFinite(real) ? Truncated(real)
                    : throw new PythonError("OverflowError: cannot convert float infinity to integer");
            case Undefined undefined:
                throw undefined.Error();
            default:
                return Numbers.IsInteger(value) ? Arithmetic.Plus(value) : fallback;
        }
    }

    private static object? ToReal(RenderState state, object? value, Arguments arguments)
    {
        var fallback = arguments.Bind("float", "default").Or(0, 0.0);
        return value switch
        {
            string or Markup => Numbers.TryParseReal(Printing.Str(state, value), out var number) ? number : fallback,
            Undefined undefined => throw undefined.Error(),
            _ => Numbers.IsNumber(value) ? Numbers.Real(value) : fallback,
        };
    }

    private static object? Abs(RenderState state, object? value, Arguments arguments)
    {
        arguments.Bind("abs");
        return value switch
        {
            double number => Math.Abs(number),
            Undefined undefined => throw undefined.Error(),
            _ when Numbers.IsInteger(value) => Numbers.Box(BigInteger.Abs(Numbers.Big(value))),
            _ => throw PythonError.Type($"bad operand type for abs(): '{TypeNames.Of(value)}'"),
        };
    }

    private static object? Round(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("round", "precision", "method");
        var method = bound.Or(1, "common") as string;
        if (method is not ("common" or "ceil" or "floor"))
            throw new PythonError("FilterArgumentError: method must be common, ceil or floor");
        var precision = (int)Math.Clamp(bound.Integer(0, 0), -10_000, 10_000);
        if (!Numbers.IsNumber(value))
            throw value is Undefined undefined
                ? undefined.Error()
                : PythonError.Type($"type {TypeNames.Of(value)} doesn't define __round__ method");
        if (method == "common")
            return value is double real ? FixedDigits.Round(real, precision) : RoundInteger(Numbers.Big(value), precision);
        var scale = Math.Pow(10, precision);
        var scaled = Numbers.Real(value) * scale;
        return (method == "ceil" ? Math.Ceiling(scaled) : Math.Floor(scaled)) / scale;
    }

    private static object RoundInteger(BigInteger number, int precision)
    {
        if (precision >= 0)
            return Numbers.Box(number);
        var unit = BigInteger.Pow(10, -precision);
        var quotient = BigInteger.DivRem(BigInteger.Abs(number), unit, out var rest);
        var half = (rest * 2).CompareTo(unit);
        if (half > 0 || (half == 0 && !quotient.IsEven))
            quotient++;
        return Numbers.Box(quotient * unit * number.Sign);
    }

    private static object Truncated(double number) => Numbers.Box(new BigInteger(number));

    private static object? FileSize(RenderState state, object? value, Arguments arguments)
    {
        var binary = arguments.Bind("filesizeformat", "binary").Flag(0, fallback: false);
        var bytes = value is string text && Numbers.TryParseReal(text, out var parsed) ? parsed : Numbers.Real(value);
        var unit = binary ? 1024.0 : 1000.0;
        if (bytes == 1)
            return "1 Byte";
        if (bytes < unit)
            return $"{Printing.Str(state, Truncated(bytes))} Bytes";
        string[] names = binary
            ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
            : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
        var size = bytes / unit;
        var index = 0;
        while (index < names.Length - 1 && size >= unit)
        {
            size /= unit;
            index++;
        }

        return $"{FixedDigits.Fixed(size, 1)} {names[index]}";
    }
}
