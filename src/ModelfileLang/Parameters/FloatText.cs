using System.Globalization;
using System.Numerics;
using ModelOps.Templates.Floats;

namespace ModelOps.ModelfileLang.Parameters;

/// <summary>
/// Text to a 32-bit number in the spellings of the reference's language: decimal, hexadecimal with <c>p</c>, <c>_</c> between digits,
/// inf, nan.
/// </summary>
internal static class FloatText
{
    /// <summary>No finite 32-bit number needs an exponent beyond this many bits.</summary>
    private const int FarExponent = 100_000;

    /// <summary>The nearest number; null for what is not a number or too large. What is too small is 0.</summary>
    internal static float? Parse(string text) => Special(text) ?? (FloatScan.Of(text) is { } scan ? Finite(scan) : null);

    private static float? Finite(FloatScan scan)
    {
        var value = scan.IsHexadecimal
            ? Hexadecimal(scan)
            : Decimal(scan.Digits.TrimStart('0'), scan.Exponent);
        return float.IsInfinity(value) ? null : scan.IsNegative ? -value : value;
    }

    private static float? Special(string text)
    {
        var unsigned = text.TrimStart('+', '-');
        if (text.Length - unsigned.Length > 1)
            return null;
        if (Is(unsigned, "inf") || Is(unsigned, "infinity"))
            return text[0] == '-' ? float.NegativeInfinity : float.PositiveInfinity;
        return Is(text, "nan") ? float.NaN : null;
    }

    private static bool Is(string text, string word) => string.Equals(text, word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Puts the point before the first digit, so that the exponent gives the size.</summary>
    private static float Decimal(string digits, long exponent) => (digits.Length + exponent) switch
    {
        _ when digits.Length == 0 => 0f,
        > 64 => float.PositiveInfinity,
        < -64 => 0f,
        var magnitude => float.Parse($"0.{digits}e{magnitude}", NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    /// <summary>Rounds half to even at 24 bits, or fewer for subnormal numbers.</summary>
    private static float Hexadecimal(FloatScan scan)
    {
        var mantissa = BigInteger.Parse("0" + scan.Digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (mantissa.IsZero || scan.Exponent < -FarExponent)
            return 0f;
        if (scan.Exponent > FarExponent)
            return float.PositiveInfinity;

        // The value is mantissa × 2^exponent; its leading bit has this weight.
        var exponent = (int)scan.Exponent;
        var leading = exponent + (int)mantissa.GetBitLength() - 1;
        var lowest = Math.Max(leading - 23, -149);
        var drop = lowest - exponent;
        var kept = drop <= 0 ? mantissa << -drop : RoundedShift(mantissa, drop);
        return (float)Math.ScaleB((double)kept, lowest);
    }

    private static BigInteger RoundedShift(BigInteger value, int bits)
    {
        var kept = value >> bits;
        var rest = value - (kept << bits);
        var half = BigInteger.One << (bits - 1);
        return rest > half || (rest == half && !kept.IsEven) ? kept + 1 : kept;
    }
}
