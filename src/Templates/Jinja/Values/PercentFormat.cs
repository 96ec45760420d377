using System.Numerics;
using System.Text;

namespace ModelOps.Templates.Jinja.Values;

/// <summary>Python's <c>format % values</c>.</summary>
internal sealed class PercentFormat
{
    private readonly RenderState _state;
    private readonly string _format;
    private readonly object? _operand;
    private int _index;
    private int _next;

    private PercentFormat(RenderState state, string format, object? operand) => (_state, _format, _operand) = (state, format, operand);

    public static string Apply(RenderState state, string format, object? operand) => new PercentFormat(state, format, operand).Run();

    private string Run()
    {
        var output = new StringBuilder();
        while (_index < _format.Length)
        {
            var character = _format[_index++];
            if (character != '%')
                output.Append(character);
            else
                output.Append(Conversion());
            _state.Budget.Text(output.Length & 0xff);
            if (output.Length > _state.Budget.MaximumCharacters)
                throw PythonError.Limit("the output is too long");
        }

        if (_operand is PyTuple tuple ? _next < tuple.Items.Count : _next == 0 && _operand is not (PyDict or PyList))
            throw PythonError.Type("not all arguments converted during string formatting");
        return output.ToString();
    }

    private string Conversion()
    {
        object? value = null;
        var named = false;
        if (Peek() == '(')
        {
            value = Named();
            named = true;
        }

        var flags = "";
        while (Peek() is '-' or '+' or ' ' or '#' or '0')
            flags += _format[_index++];
        var width = Size() ?? 0;
        if (width < 0)
            (width, flags) = (-width, flags + "-");
        long? precision = null;
        if (Peek() == '.')
        {
            _index++;
            precision = Math.Clamp(Size() ?? 0, 0, 10_000);
        }

        while (Peek() is 'h' or 'l' or 'L')
            _index++;
        var type = Peek();
        _index++;
        if (type == '%')
            return "%";
        if (type == '\0')
            throw PythonError.Value("incomplete format");
        if (!named)
            value = Next();
        return Convert(value, type, flags, width, precision);
    }

    private string Convert(object? value, char type, string flags, long width, long? precision)
    {
        var align = flags.Contains('-', StringComparison.Ordinal) ? '<' : '>';
        var sign = flags.Contains('+', StringComparison.Ordinal) ? '+' : flags.Contains(' ', StringComparison.Ordinal) ? ' ' : '-';
        var zero = flags.Contains('0', StringComparison.Ordinal) && align == '>';
        var number = new FormatSpec(
            zero ? "0" : " ", zero ? '=' : align, sign, flags.Contains('#', StringComparison.Ordinal), width, '\0', (int?)precision, type);
        switch (type)
        {
            case 's' or 'r' or 'a':
                var text = type == 's' ? Printing.Str(_state, value) : Printing.Repr(_state, value);
                return new FormatSpec(" ", align, '-', false, width, '\0', (int?)precision, 's').Apply(_state, text);
            case 'c' when value is string one && CodePoints.Length(one) == 1:
                return new FormatSpec(" ", align, '-', false, width, '\0', null, 's').Apply(_state, one);
            case 'd' or 'i' or 'u':
                RequireNumber(value, type);
                return (number with { Type = 'd', Precision = null }).Apply(
                    _state, value is double real ? Numbers.Box(Whole(real)) : Numbers.Box(Numbers.Big(value)));
            case 'x' or 'X' or 'o' or 'c':
                if (!Numbers.IsInteger(value))
                    throw PythonError.Type($"%{type} format: an integer is required, not {TypeNames.Of(value)}");
                return (number with { Precision = null }).Apply(_state, Numbers.Box(Numbers.Big(value)));
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                RequireNumber(value, type);
                return number.Apply(_state, Numbers.Real(value));
            default:
                throw PythonError.Value($"unsupported format character '{type}'");
        }
    }

    private static BigInteger Whole(double real) => double.IsFinite(real)
        ? new BigInteger(real)
        : throw PythonError.Value("cannot convert float infinity or NaN to integer");

    private static void RequireNumber(object? value, char type)
    {
        if (!Numbers.IsNumber(value))
            throw PythonError.Type($"%{type} format: a real number is required, not {TypeNames.Of(value)}");
    }

    private object? Named()
    {
        var (start, depth) = (++_index, 1);
        while (_index < _format.Length && depth > 0)
            depth += _format[_index++] switch { '(' => 1, ')' => -1, _ => 0 };
        if (depth > 0)
            throw PythonError.Value("incomplete format key");
        if (_operand is not PyDict dict)
            throw PythonError.Type("format requires a mapping");
        var key = _format[start..(_index - 1)];
        return dict.TryGet(key, out var value) ? value : throw new PythonError($"KeyError: '{key}'");
    }

    private object? Next()
    {
        if (_operand is PyTuple tuple)
            return _next < tuple.Items.Count ? tuple.Items[_next++] : throw TooFew();
        return _next++ == 0 ? _operand : throw TooFew();
    }

    private static PythonError TooFew() => PythonError.Type("not enough arguments for format string");

    private long? Size()
    {
        if (Peek() == '*')
        {
            _index++;
            var size = Numbers.Index(Next());
            return Math.Clamp(size, -int.MaxValue, int.MaxValue);
        }

        long? number = null;
        while (char.IsAsciiDigit(Peek()))
            number = Math.Min(int.MaxValue, ((number ?? 0) * 10) + (_format[_index++] - '0'));
        return number;
    }

    private char Peek() => _index < _format.Length ? _format[_index] : '\0';
}
