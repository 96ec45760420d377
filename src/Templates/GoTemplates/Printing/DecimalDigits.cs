using System.Globalization;
using System.Numerics;

namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>A positive number as decimal digits: 0.digits × 10^Point.</summary>
internal readonly record struct DecimalDigits(string Digits, int Point)
{
    /// <summary>The fewest digits that read back as the same number. Zero has none.</summary>
    internal static DecimalDigits Shortest(double value)
    {
        var roundTrip = value.ToString("R", CultureInfo.InvariantCulture);
        var exponentMark = roundTrip.IndexOf('E', StringComparison.Ordinal);
        var mantissa = exponentMark < 0 ? roundTrip : roundTrip[..exponentMark];
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal).Trim('0');
        if (digits.Length == 0)
            return new DecimalDigits("", 0);

        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var exponent = PlainExponent(mantissa, point < 0 ? mantissa.Length : point);
        if (exponentMark >= 0)
            exponent += int.Parse(roundTrip[(exponentMark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return new DecimalDigits(digits, exponent + 1);
    }

    private static int PlainExponent(string mantissa, int point)
    {
        for (var index = 0; index < mantissa.Length; index++)
        {
            if (mantissa[index] is >= '1' and <= '9')
                return index < point ? point - index - 1 : point - index;
        }

        return 0;
    }

    /// <summary>Every digit of the number.</summary>
    internal static DecimalDigits Exact(double value)
    {
        if (value == 0)
            return new DecimalDigits("", 0);
        var bits = BitConverter.DoubleToInt64Bits(value);
        var biased = (int)((bits >> 52) & 0x7FF);
        var mantissa = (bits & 0xF_FFFF_FFFF_FFFF) | (biased == 0 ? 0 : 1L << 52);
        var exponent = Math.Max(biased, 1) - 1075;
        var whole = exponent >= 0 ? (BigInteger)mantissa << exponent : mantissa * BigInteger.Pow(5, -exponent);
        var digits = whole.ToString(CultureInfo.InvariantCulture);
        var pointAt = digits.Length - (exponent >= 0 ? 0 : -exponent);
        return new DecimalDigits(digits.TrimEnd('0'), pointAt);
    }

    /// <summary>At most the given number of digits; a tie goes to the even digit.</summary>
    internal DecimalDigits Rounded(int count)
    {
        if (count < 0)
            return new DecimalDigits("", 0);
        if (count >= Digits.Length)
            return this;
        var isUp = Digits[count] > '5'
            || (Digits[count] == '5' && (Digits.Length > count + 1 || (count > 0 && (Digits[count - 1] - '0') % 2 == 1)));
        var kept = Digits[..count];
        if (!isUp)
            return new DecimalDigits(kept.TrimEnd('0'), Point);

        // The carry turns nines into zeros up to a digit that can take it.
        kept = kept.TrimEnd('9');
        return kept.Length == 0
            ? new DecimalDigits("1", Point + 1)
            : new DecimalDigits(kept[..^1] + (char)(kept[^1] + 1), Point);
    }

    /// <summary>Digit at a place behind the point of 0.digits; zero beyond the last.</summary>
    internal char At(int index) => index >= 0 && index < Digits.Length ? Digits[index] : '0';
}
