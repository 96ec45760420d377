using System.Numerics;

namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>Writes numbers with a point. Each method returns false when the letter does not go with the value.</summary>
internal sealed class FloatPrinter(FormatOutput output)
{
    private const int DefaultDecimals = 6;

    internal bool Float(double value, int verb, FormatFlags flags)
    {
        if (verb is not ('v' or 'g' or 'G' or 'f' or 'F' or 'e' or 'E' or 'b' or 'x' or 'X'))
            return false;

        var digits = Digits(Math.Abs(value), verb, flags.Precision);
        var isNumber = double.IsFinite(value);
        if (flags.Sharp && isNumber && verb != 'b')
            digits = Sharp(digits, verb, flags.Precision);
        var sign = Sign(value, flags);
        var fill = flags.PadsWithZeros && isNumber ? Math.Max(0, (flags.Width ?? 0) - sign.Length - digits.Length) : 0;
        output.WritePadded(sign + new string('0', fill) + digits, flags, withZeros: false);
        return true;
    }

    internal bool Complex(Complex value, int verb, FormatFlags flags)
    {
        if (verb is not ('v' or 'g' or 'G' or 'f' or 'F' or 'e' or 'E' or 'b' or 'x' or 'X'))
            return false;
        output.Write('(');
        Float(value.Real, verb, flags);
        Float(value.Imaginary, verb, flags with { Plus = true });
        output.Write("i)");
        return true;
    }

    private static string Sign(double value, FormatFlags flags)
    {
        if (double.IsNegative(value) && !double.IsNaN(value))
            return "-";
        if (flags.Plus)
            return "+";
        return flags.Space ? " " : double.IsInfinity(value) ? "+" : "";
    }

    private static string Digits(double value, int verb, int? precision)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "NaN" : "Inf";
        return verb switch
        {
            'b' => BinaryFloatFormat.Exponent2(value),
            'x' or 'X' => BinaryFloatFormat.Hexadecimal(value, verb == 'X', precision ?? -1),
            'f' or 'F' => FloatFormat.Format(value, 'f', precision ?? DefaultDecimals),
            'e' or 'E' => FloatFormat.Format(value, (char)verb, precision ?? DefaultDecimals),
            'G' => FloatFormat.Format(value, 'G', precision ?? -1),
            _ => FloatFormat.Format(value, 'g', precision ?? -1),
        };
    }

    /// <summary>Always with a point, and for most forms with zeros up to the precision.</summary>
    private static string Sharp(string text, int verb, int? precision)
    {
        var isHexadecimal = verb is 'x' or 'X';
        var mark = text.AsSpan().IndexOfAny(isHexadecimal ? "pP" : "eE");
        var (number, exponent) = mark < 0 ? (text, "") : (text[..mark], text[mark..]);
        var wanted = verb is 'v' or 'g' or 'G' or 'x' ? precision ?? DefaultDecimals : 0;
        wanted -= number.TrimStart('0', '.').Count(character => character != '.');
        if (!number.Contains('.', StringComparison.Ordinal))
        {
            wanted -= number == "0" ? 1 : 0;
            number += ".";
        }

        return number.PadRight(number.Length + Math.Max(0, wanted), '0') + exponent;
    }
}
