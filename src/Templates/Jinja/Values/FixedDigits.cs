using System.Globalization;
using System.Numerics;

namespace ModelOps.Templates.Jinja.Values;

/// <summary>Floats to a number of digits, exactly, halves to even: as C's printf and Python's round do.</summary>
internal static class FixedDigits
{
    /// <summary>A finite, non-negative number with the given number of digits after the point.</summary>
    public static string Fixed(double number, int precision)
    {
        var digits = Scaled(number, precision).ToString(CultureInfo.InvariantCulture);
        if (precision <= 0)
            return digits;
        digits = digits.PadLeft(precision + 1, '0');
        return $"{digits[..^precision]}.{digits[^precision..]}";
    }

    /// <summary>A finite, non-negative number as the given number of significant digits and the power of ten of the first.</summary>
    public static (string Digits, int Exponent) Significant(double number, int count)
    {
        if (number == 0)
            return (new string('0', count), 0);
        var exponent = Printing.Shortest(number).Exponent;
        var digits = Scaled(number, count - 1 - exponent).ToString(CultureInfo.InvariantCulture);
        if (digits.Length <= count)
            return (digits, exponent);
        return (digits[..count], exponent + 1);
    }

    public static double Round(double number, int precision)
    {
        if (!double.IsFinite(number) || precision > 323)
            return number;
        if (precision < -308)
            return Math.CopySign(0, number);
        var scaled = Scaled(Math.Abs(number), precision).ToString(CultureInfo.InvariantCulture);
        return Math.CopySign(double.Parse($"{scaled}E{-precision}", CultureInfo.InvariantCulture), number);
    }

    /// <summary>number × 10^power, rounded half to even.</summary>
    private static BigInteger Scaled(double number, int power)
    {
        var bits = BitConverter.DoubleToInt64Bits(number);
        var exponent = (int)((bits >> 52) & 0x7ff);
        BigInteger value = bits & 0xf_ffff_ffff_ffff;
        if (exponent == 0)
            exponent++;
        else
            value += 1L << 52;
        exponent -= 1075;
        var divisor = BigInteger.One;
        if (power >= 0)
            value *= BigInteger.Pow(10, power);
        else
            divisor = BigInteger.Pow(10, -power);
        if (exponent >= 0)
            value <<= exponent;
        else
            divisor <<= -exponent;
        var quotient = BigInteger.DivRem(value, divisor, out var rest);
        var half = (rest * 2).CompareTo(divisor);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }
}
