using System.Globalization;
using System.Numerics;
using System.Text;

namespace ModelOps.Templates.Jinja.Values;

/// <summary>Python's format specification: <c>[[fill]align][sign][#][0][width][,_][.precision][type]</c>.</summary>
internal sealed record FormatSpec(string Fill, char Align, char Sign, bool Alternate, long Width, char Grouping, int? Precision, char Type)
{
    private static readonly FormatSpec Plain = Parse("");

    private const int MaximumPrecision = 10_000;

    public static FormatSpec Parse(string text)
    {
        var index = 0;
        var (fill, align) = (" ", '\0');
        var second = text.Length > 1 && char.IsHighSurrogate(text[0]) ? 2 : 1;
        if (text.Length > second && IsAlign(text[second]))
        {
            (fill, align) = (text[..second], text[second]);
            index = second + 1;
        }
        else if (text.Length > 0 && IsAlign(text[0]))
        {
            align = text[index++];
        }

        var sign = index < text.Length && text[index] is '+' or '-' or ' ' ? text[index++] : '-';
        if (index < text.Length && text[index] == 'z')
            index++;
        var alternate = Skip(text, ref index, '#');
        if (Skip(text, ref index, '0') && align == '\0')
            (fill, align) = ("0", '=');
        var width = Digits(text, ref index) ?? 0;
        var grouping = index < text.Length && text[index] is ',' or '_' ? text[index++] : '\0';
        int? precision = null;
        if (Skip(text, ref index, '.'))
            precision = (int)Math.Min(
                MaximumPrecision, Digits(text, ref index) ?? throw PythonError.Value("Format specifier missing precision"));
        var type = index < text.Length ? text[index++] : '\0';
        if (index < text.Length)
            throw PythonError.Value("Invalid format specifier");
        return new FormatSpec(fill, align, sign, alternate, width, grouping, precision, type);
    }

    public string Apply(RenderState state, object? value)
    {
        var text = value is string or Markup
            ? OfText(state, Printing.Str(state, value))
            : value switch
            {
                double number => OfReal(number),
                bool or long or BigInteger when Type is 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%' => OfReal(Numbers.Real(value)),
                bool when this == Plain => Printing.Str(state, value),
                bool or long or BigInteger => OfInteger(Numbers.Big(value)),
                _ => throw PythonError.Type($"unsupported format string passed to {TypeNames.Of(value)}.__format__"),
            };
        return Pad(state, text, value is string or Markup ? '<' : '>');
    }

    private string OfText(RenderState state, string text)
    {
        if (Type is not ('\0' or 's'))
            throw PythonError.Value($"Unknown format code '{Type}' for object of type 'str'");
        if (Grouping != '\0')
            throw PythonError.Value($"Cannot specify '{Grouping}' with 's'.");
        if (Align == '=')
            throw PythonError.Value("'=' alignment not allowed in string format specifier");
        return Precision is { } precision
            ? CodePoints.Slice(state, text, Bounds.Of(null, (long)precision, null, CodePoints.Length(text)))
            : text;
    }

    private string OfInteger(BigInteger number)
    {
        var absolute = BigInteger.Abs(number);
        if (Precision is not null)
            throw PythonError.Value("Precision not allowed in integer format specifier");
        var digits = Type switch
        {
            '\0' or 'd' or 'n' => absolute.ToString(CultureInfo.InvariantCulture),
            'x' => InBase(absolute, 4),
            'X' => InBase(absolute, 4).ToUpperInvariant(),
            'o' => InBase(absolute, 3),
            'b' => InBase(absolute, 1),
            'c' => absolute <= 0x10ffff && Rune.IsValid((int)absolute)
                ? char.ConvertFromUtf32((int)absolute)
                : throw new PythonError("OverflowError: %c arg not in range(0x110000)"),
            _ => throw PythonError.Value($"Unknown format code '{Type}' for object of type 'int'"),
        };
        var prefix = Alternate && Type is 'x' or 'X' or 'o' or 'b' ? "0" + Type : "";
        return Signed(number.Sign < 0, prefix, Grouped(digits, Type is 'x' or 'X' or 'o' or 'b' ? 4 : 3));
    }

    private string OfReal(double number)
    {
        var negative = double.IsNegative(number) && !double.IsNaN(number);
        var absolute = Math.Abs(number);
        string text;
        if (!double.IsFinite(number))
            text = double.IsNaN(number) ? "nan" : "inf";
        else
        {
            text = Type switch
            {
                '\0' when Precision is null => Printing.Real(absolute),
                '\0' or 'g' or 'G' or 'n' => General(absolute, Math.Max(1, Precision ?? 6), Alternate, Type == '\0'),
                'f' or 'F' => FixedDigits.Fixed(absolute, Precision ?? 6),
                'e' or 'E' => Scientific(absolute, Precision ?? 6),
                '%' => FixedDigits.Fixed(absolute * 100, Precision ?? 6) + "%",
                _ => throw PythonError.Value($"Unknown format code '{Type}' for object of type 'float'"),
            };
        }

        return Signed(negative, "", Grouped(char.IsUpper(Type) ? text.ToUpperInvariant() : text, 3));
    }

    private static string Scientific(double number, int precision)
    {
        var (digits, exponent) = FixedDigits.Significant(number, precision + 1);
        return Mantissa(digits) + Exponent(exponent);
    }

    private static string General(double number, int precision, bool keepZeros, bool withPoint)
    {
        var (digits, exponent) = FixedDigits.Significant(number, precision);
        if (exponent < -4 || exponent >= precision - (withPoint ? 1 : 0))
            return Mantissa(keepZeros ? digits : Trimmed(digits, 1)) + Exponent(exponent);
        if (exponent < 0)
            return "0." + new string('0', -exponent - 1) + (keepZeros ? digits : Trimmed(digits, 1));
        var kept = keepZeros ? digits : Trimmed(digits, exponent + 1);
        if (kept.Length > exponent + 1)
            return $"{kept[..(exponent + 1)]}.{kept[(exponent + 1)..]}";
        return withPoint ? kept + ".0" : kept;
    }

    private static string Trimmed(string digits, int keep) =>
        digits.Length <= keep ? digits : digits[..keep] + digits[keep..].TrimEnd('0');

    private static string Mantissa(string digits) => digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";

    private static string Exponent(int exponent) => $"e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";

    internal static string InBase(BigInteger number, int bitsPerDigit)
    {
        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, "0123456789abcdef"[(int)(number & ((1 << bitsPerDigit) - 1))]);
            number >>= bitsPerDigit;
        }
        while (!number.IsZero);
        return digits.ToString();
    }

    private string Grouped(string digits, int size)
    {
        if (Grouping == '\0')
            return digits;
        var end = digits.AsSpan().IndexOfAny(".e%");
        var whole = end < 0 ? digits : digits[..end];
        var result = new StringBuilder(whole);
        for (var index = whole.Length - size; index > 0; index -= size)
            result.Insert(index, Grouping);
        return result.Append(digits.AsSpan(whole.Length)).ToString();
    }

    private string Signed(bool negative, string prefix, string digits)
    {
        var sign = negative ? "-" : Sign == '-' ? "" : Sign.ToString();
        if (Grouping != '\0')
            throw PythonError.Value($"Cannot specify '{Grouping}' with 's'.");
        if (Align == '=')
        {
            var missing = Width - sign.Length - prefix.Length - digits.Length;
            if (missing > 100_000)
                throw PythonError.Limit("the output is too long");
            if (missing > 0)
                digits = string.Concat(Enumerable.Repeat(Fill, (int)missing)) + digits;
        }

        return sign + prefix + digits;
    }

    private string Pad(RenderState state, string text, char usual)
    {
        var missing = Width - CodePoints.Length(text);
        if (missing <= 0)
            return text;
        state.Budget.Text(missing * Fill.Length);
        var before = (Align == '\0' ? usual : Align) switch { '<' => 0, '^' => missing / 2, _ => missing };
        return new StringBuilder()
            .Insert(0, Fill, (int)before)
            .Append(text)
            .Insert(text.Length + ((int)before * Fill.Length), Fill, (int)(missing - before))
            .ToString();
    }

    private static bool IsAlign(char character) => character is '<' or '>' or '^' or '=';

    private static bool Skip(string text, ref int index, char wanted)
    {
        if (index >= text.Length || text[index] != wanted)
            return false;
        index++;
        return true;
    }

    private static long? Digits(string text, ref int index)
    {
        long? number = null;
        while (index < text.Length && char.IsAsciiDigit(text[index]))
            number = Math.Min(int.MaxValue, ((number ?? 0) * 10) + (text[index++] - '0'));
        return number;
    }
}
