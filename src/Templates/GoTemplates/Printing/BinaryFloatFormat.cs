using System.Globalization;
using System.Text;

namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>Numbers with a point as text that shows their bits: the forms <c>b x X</c>.</summary>
internal static class BinaryFloatFormat
{
    private const int FractionBits = 52;
    private const int ExponentBias = 1023;

    /// <summary>Where the leading bit stands while digits are taken off.</summary>
    private const int LeadingBit = 60;

    /// <summary>A finite number, not negative, as <c>mantissa p exponent</c>.</summary>
    internal static string Exponent2(double value)
    {
        var (mantissa, exponent) = Parts(value);
        exponent -= FractionBits;
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}p{(exponent < 0 ? "" : "+")}{exponent}");
    }

    /// <summary>A finite number, not negative, in hexadecimal digits.</summary>
    /// <param name="value">The number.</param>
    /// <param name="isUpper">Whether letters are large.</param>
    /// <param name="precision">Digits behind the point; -1 for as many as there are.</param>
    internal static string Hexadecimal(double value, bool isUpper, int precision)
    {
        var (bits, exponent) = Parts(value);
        var mantissa = (ulong)bits << (LeadingBit - FractionBits);
        while (mantissa != 0 && (mantissa & (1UL << LeadingBit)) == 0)
        {
            mantissa <<= 1;
            exponent--;
        }

        exponent = mantissa == 0 ? 0 : exponent;
        if (precision is >= 0 and < 15)
            Round(ref mantissa, ref exponent, precision);

        var text = new StringBuilder("0x").Append((mantissa >> LeadingBit) & 1);
        mantissa <<= 4;
        if (precision > 0 || (precision < 0 && mantissa != 0))
            text.Append('.');
        for (var digits = 0; precision < 0 ? mantissa != 0 : digits < precision; digits++)
        {
            text.Append("0123456789abcdef"[(int)(mantissa >> LeadingBit)]);
            mantissa <<= 4;
        }

        text.Append('p').Append(exponent < 0 ? '-' : '+').Append(Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture));
        return isUpper ? text.ToString().ToUpperInvariant() : text.ToString();
    }

    /// <summary>To the nearest; a tie goes to the even digit.</summary>
    private static void Round(ref ulong mantissa, ref int exponent, int precision)
    {
        var shift = precision * 4;
        var extra = (mantissa << shift) & ((1UL << LeadingBit) - 1);
        mantissa >>= LeadingBit - shift;
        if ((extra | (mantissa & 1)) > 1UL << (LeadingBit - 1))
            mantissa++;
        mantissa <<= LeadingBit - shift;
        if ((mantissa & (1UL << (LeadingBit + 1))) == 0)
            return;
        mantissa >>= 1;
        exponent++;
    }

    private static (long Mantissa, int Exponent) Parts(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var biased = (int)((bits >> FractionBits) & 0x7FF);
        var mantissa = (bits & ((1L << FractionBits) - 1)) | (biased == 0 ? 0 : 1L << FractionBits);
        return (mantissa, Math.Max(biased, 1) - ExponentBias);
    }
}
