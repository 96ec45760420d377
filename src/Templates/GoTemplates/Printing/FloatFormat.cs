using System.Globalization;
using System.Text;

namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>Numbers with a point as text.</summary>
internal static class FloatFormat
{
    /// <summary>Up to here the short form writes all digits instead of an exponent.</summary>
    private const int ShortestPlainDigits = 6;

    /// <summary>The number in one of the forms <c>e E f g G</c>.</summary>
    /// <param name="value">The number.</param>
    /// <param name="form">The form.</param>
    /// <param name="precision">Digits, as the form counts them; -1 for the fewest that separate the number from its neighbours.</param>
    internal static string Format(double value, char form, int precision)
    {
        if (double.IsNaN(value))
            return "NaN";
        if (double.IsInfinity(value))
            return value > 0 ? "+Inf" : "-Inf";
        var text = new StringBuilder(double.IsNegative(value) ? "-" : "");
        Append(text, Math.Abs(value), form, precision);
        return text.ToString();
    }

    /// <summary>As JSON has it: an exponent only for very large and very small numbers.</summary>
    internal static string Json(double value)
    {
        var size = Math.Abs(value);
        var text = Format(value, size != 0 && size is < 1e-6 or >= 1e21 ? 'e' : 'f', -1);
        return text.Replace("e-0", "e-", StringComparison.Ordinal);
    }

    private static void Append(StringBuilder text, double value, char form, int precision)
    {
        var isShortest = precision < 0;
        var digits = isShortest ? DecimalDigits.Shortest(value) : DecimalDigits.Exact(value);
        switch (form)
        {
            case 'e' or 'E':
                digits = isShortest ? digits : digits.Rounded(precision + 1);
                Exponential(text, digits, isShortest ? Math.Max(digits.Digits.Length - 1, 0) : precision, form);
                break;
            case 'f':
                digits = isShortest ? digits : digits.Rounded(digits.Point + precision);
                Plain(text, digits, isShortest ? Math.Max(digits.Digits.Length - digits.Point, 0) : precision);
                break;
            default:
                General(text, digits, form, precision);
                break;
        }
    }

    private static void General(StringBuilder text, DecimalDigits digits, char form, int precision)
    {
        var isShortest = precision < 0;
        precision = isShortest ? ShortestPlainDigits : Math.Max(precision, 1);
        digits = isShortest ? digits : digits.Rounded(precision);
        var limit = !isShortest && precision > digits.Digits.Length && digits.Digits.Length >= digits.Point
            ? digits.Digits.Length
            : precision;
        var exponent = digits.Point - 1;
        var count = digits.Digits.Length;
        if (count > 0 && (exponent < -4 || exponent >= limit))
            Exponential(text, digits, count - 1, (char)(form - 2));
        else
            Plain(text, digits, Math.Max(count - digits.Point, 0));
    }

    private static void Exponential(StringBuilder text, DecimalDigits digits, int decimals, char mark)
    {
        text.Append(digits.At(0));
        if (decimals > 0)
            text.Append('.');
        var written = 1;
        for (; written <= decimals && written < digits.Digits.Length; written++)
            text.Append(digits.At(written));
        text.Append('0', Math.Max(decimals + 1 - written, 0));
        var exponent = digits.Digits.Length == 0 ? 0 : digits.Point - 1;
        text.Append(mark).Append(exponent < 0 ? '-' : '+').Append(Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture));
    }

    private static void Plain(StringBuilder text, DecimalDigits digits, int decimals)
    {
        if (digits.Point <= 0)
            text.Append('0');
        for (var index = 0; index < digits.Point; index++)
            text.Append(digits.At(index));
        if (decimals > 0)
            text.Append('.');
        var written = 0;
        for (; written < decimals && digits.Point + written < digits.Digits.Length; written++)
            text.Append(digits.At(digits.Point + written));
        text.Append('0', decimals - written);
    }
}
