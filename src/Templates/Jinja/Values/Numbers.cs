using System.Globalization;
using System.Numerics;

namespace ModelOps.Templates.Jinja.Values;

/// <summary>Python's integers without bound, and floats.</summary>
internal static class Numbers
{
    /// <summary>Longest integer that a template may make.</summary>
    public const int MaximumBits = 16_384;

    private const int SmallFrom = -128;
    private const int SmallTo = 1024;

    private static readonly object[] Small = [.. Enumerable.Range(SmallFrom, SmallTo - SmallFrom).Select(number => (object)(long)number)];

    public static object Box(long number) => number is >= SmallFrom and < SmallTo ? Small[number - SmallFrom] : number;

    /// <summary>The same integer in its one form: long where it fits.</summary>
    public static object Box(BigInteger number)
    {
        if (number >= long.MinValue && number <= long.MaxValue)
            return Box((long)number);
        if (number.GetBitLength() > MaximumBits)
            throw PythonError.Limit("an integer is too large");
        return number;
    }

    public static bool IsInteger(object? value) => value is long or bool or BigInteger;

    public static bool IsNumber(object? value) => value is long or double or bool or BigInteger;

    public static bool TryLong(object? value, out long number)
    {
        switch (value)
        {
            case long integer:
                number = integer;
                return true;
            case bool flag:
                number = flag ? 1 : 0;
                return true;
            default:
                number = 0;
                return false;
        }
    }

    public static BigInteger Big(object? value) => value switch
    {
        long integer => integer,
        bool flag => flag ? BigInteger.One : BigInteger.Zero,
        BigInteger big => big,
        _ => throw Unfit(value),
    };

    public static double Real(object? value) => value switch
    {
        double real => real,
        long integer => integer,
        bool flag => flag ? 1 : 0,
        BigInteger big when double.IsFinite((double)big) => (double)big,
        BigInteger => throw new PythonError("OverflowError: int too large to convert to float"),
        _ => throw Unfit(value),
    };

    /// <summary>An index, a count or a width. Beyond 64 bits it is cut to the end of the range.</summary>
    public static long Index(object? value) => value switch
    {
        long integer => integer,
        bool flag => flag ? 1 : 0,
        BigInteger big => big.Sign > 0 ? long.MaxValue : long.MinValue,
        Undefined undefined => throw undefined.Error(),
        _ => throw PythonError.Type($"'{TypeNames.Of(value)}' object cannot be interpreted as an integer"),
    };

    /// <summary>Reads an integer as <c>int(text, numberBase)</c> does; null when the text is not one.</summary>
    public static object? ParseInteger(string text, long numberBase)
    {
        if (numberBase is not (0 or (>= 2 and <= 36)))
            return null;
        var digits = CodePoints.Strip(text).AsSpan();
        var negative = digits.StartsWith('-');
        if (negative || digits.StartsWith('+'))
            digits = digits[1..];
        var prefixed = false;
        if (digits.Length > 1 && digits[0] == '0')
        {
            var meant = char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 };
            if (meant != 0 && (numberBase == 0 || numberBase == meant))
            {
                digits = digits[2..];
                numberBase = meant;
                prefixed = true;
            }
        }

        var leadingZero = numberBase == 0 && digits.Length > 1 && digits[0] == '0';
        var result = Accumulate(digits, numberBase == 0 ? 10 : (int)numberBase, prefixed);
        if (result is not { } number || (leadingZero && !number.IsZero))
            return null;
        return Box(negative ? -number : number);
    }

    /// <summary>Reads a float as <c>float(text)</c> does.</summary>
    public static bool TryParseReal(string text, out double number)
    {
        number = 0;
        var cleaned = CodePoints.Strip(text);
        if (cleaned.Length == 0)
            return false;
        var unsigned = cleaned.AsSpan().TrimStart("+-").ToString().ToLowerInvariant();
        if (cleaned.Length - unsigned.Length <= 1 && unsigned is "inf" or "infinity" or "nan")
        {
            number = unsigned == "nan" ? double.NaN : cleaned[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        for (var index = 0; index < cleaned.Length; index++)
        {
            if (cleaned[index] == '_' && !(IsDigit(cleaned, index - 1) && IsDigit(cleaned, index + 1)))
                return false;
        }

        return unsigned.Length > 0 && unsigned[0] is '.' or (>= '0' and <= '9')
            && double.TryParse(
                cleaned.Replace("_", "", StringComparison.Ordinal),
                NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture,
                out number);
    }

    private static bool IsDigit(string text, int index) => index >= 0 && index < text.Length && char.IsAsciiDigit(text[index]);

    private static BigInteger? Accumulate(ReadOnlySpan<char> digits, int numberBase, bool underscoreFirst)
    {
        if (digits.Length == 0)
            return null;
        if (digits.Length > MaximumBits)
            throw PythonError.Limit("an integer is too large");
        var number = BigInteger.Zero;
        var afterDigit = underscoreFirst;
        foreach (var character in digits)
        {
            if (character == '_' && afterDigit)
            {
                afterDigit = false;
                continue;
            }

            var digit = char.IsAsciiLetter(character) ? char.ToLowerInvariant(character) - 'a' + 10
                : char.IsDigit(character) ? (int)char.GetNumericValue(character)
                : int.MaxValue;
            if (digit >= numberBase)
                return null;
            number = (number * numberBase) + digit;
            afterDigit = true;
        }

        return afterDigit ? number : null;
    }

    private static PythonError Unfit(object? value) => value is Undefined undefined
        ? undefined.Error()
        : PythonError.Type($"must be real number, not {TypeNames.Of(value)}");
}
