using System.Globalization;
using System.Text;

namespace ModelOps.ModelStore.Storage;

/// <summary>Numbers in the forms of the reference: the shortest digits that read back as the same double.</summary>
public static class GoNumber
{
    /// <summary>As in JSON: plain digits from 1e-6 up to 1e21, else an exponent.</summary>
    public static string Json(double value)
    {
        var magnitude = Math.Abs(value);
        if (magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21))
            return Exponent(value, leastExponentDigits: magnitude < 1 ? 1 : 2);
        return Plain(value);
    }

    /// <summary>As printed for people: an exponent below 1e-4 and from one million on, of two digits at least.</summary>
    public static string Print(double value)
    {
        if (double.IsNaN(value))
            return "NaN";
        if (double.IsInfinity(value))
            return value > 0 ? "+Inf" : "-Inf";
        if (value == 0)
            return double.IsNegative(value) ? "-0" : "0";
        return Digits(value).Exponent is < -4 or >= 6 ? Exponent(value, 2) : Plain(value);
    }

    private static string Plain(double value)
    {
        var (negative, digits, exponent) = Digits(value);
        var text = new StringBuilder(negative ? "-" : "");
        if (exponent < 0)
            text.Append("0.").Append('0', -exponent - 1).Append(digits);
        else if (digits.Length <= exponent + 1)
            text.Append(digits).Append('0', exponent + 1 - digits.Length);
        else
            text.Append(digits, 0, exponent + 1).Append('.').Append(digits, exponent + 1, digits.Length - exponent - 1);
        return text.ToString();
    }

    private static string Exponent(double value, int leastExponentDigits)
    {
        var (negative, digits, exponent) = Digits(value);
        var text = new StringBuilder(negative ? "-" : "").Append(digits[0]);
        if (digits.Length > 1)
            text.Append('.').Append(digits, 1, digits.Length - 1);
        text.Append('e').Append(exponent < 0 ? '-' : '+');
        return text.Append(Math.Abs(exponent).ToString(CultureInfo.InvariantCulture).PadLeft(leastExponentDigits, '0')).ToString();
    }

    // The shortest digits without zeros at either end, and the power of ten of the first of them.
    private static (bool Negative, string Digits, int Exponent) Digits(double value)
    {
        if (value == 0)
            return (double.IsNegative(value), "0", 0);
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var mark = shortest.IndexOf('E', StringComparison.Ordinal);
        var scale = mark < 0 ? 0 : int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = mark < 0 ? shortest : shortest[..mark];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal) is >= 0 and var found ? found : mantissa.Length;
        var plain = mantissa.Replace(".", "", StringComparison.Ordinal);
        var first = plain.AsSpan().IndexOfAnyExcept('0');
        var digits = plain.Trim('0');
        var exponent = scale + point - 1 - first;
        return (value < 0, digits, exponent);
    }
}
