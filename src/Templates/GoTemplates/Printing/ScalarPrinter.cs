using System.Globalization;
using System.Numerics;
using System.Text;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>Writes truths, texts and integers. Each method returns false when the letter does not go with the value.</summary>
internal sealed class ScalarPrinter(FormatOutput output)
{
    internal bool Bool(bool value, int verb, FormatFlags flags)
    {
        if (verb is not ('t' or 'v'))
            return false;
        output.WritePadded(value ? "true" : "false", flags, withZeros: true);
        return true;
    }

    internal bool Text(string value, int verb, FormatFlags flags)
    {
        switch (verb)
        {
            case 'v' when flags.SharpV:
            case 'q':
                var cut = Cut(value, flags);
                output.WritePadded(
                    flags.Sharp && Printing.Quote.CanBeRaw(cut) ? $"`{cut}`" : Printing.Quote.Text(cut, flags.Plus),
                    flags,
                    withZeros: true);
                return true;
            case 'v' or 's':
                output.WritePadded(Cut(value, flags), flags, withZeros: true);
                return true;
            case 'x' or 'X':
                output.WritePadded(Hexadecimal(value, verb == 'X', flags), flags, withZeros: true);
                return true;
            default:
                return false;
        }
    }

    private static string Cut(string value, FormatFlags flags) =>
        flags.Precision is { } precision ? ByteText.FirstRunes(value, precision) : value;

    private static string Hexadecimal(string value, bool isUpper, FormatFlags flags)
    {
        var length = Math.Min(value.Length, flags.Precision ?? value.Length);
        var prefix = isUpper ? "0X" : "0x";
        var text = new StringBuilder(length * 2);
        for (var index = 0; index < length; index++)
        {
            if (flags.Space && index > 0)
                text.Append(' ');
            if (flags.Sharp && (flags.Space || index == 0))
                text.Append(prefix);
            text.Append(((int)value[index]).ToString(isUpper ? "X2" : "x2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    internal bool Integer(long value, bool isSigned, int verb, FormatFlags flags)
    {
        switch (verb)
        {
            case 'v' when flags.SharpV && !isSigned:
                output.WritePadded($"0x{value:x}", flags, withZeros: true);
                return true;
            case 'v' or 'd':
                Number(value, 10, verb, flags);
                return true;
            case 'b':
                Number(value, 2, verb, flags);
                return true;
            case 'o' or 'O':
                Number(value, 8, verb, flags);
                return true;
            case 'x' or 'X':
                Number(value, 16, verb, flags);
                return true;
            case 'c':
                output.WritePadded(ByteText.EncodeRune(Rune(value)), flags, withZeros: true);
                return true;
            case 'q':
                output.WritePadded(Printing.Quote.Character(Rune(value), flags.Plus), flags, withZeros: true);
                return true;
            case 'U':
                CodePoint(value, flags);
                return true;
            default:
                return false;
        }
    }

    private static int Rune(long value) => value is >= 0 and <= 0x10FFFF ? (int)value : ByteText.Replacement;

    private void CodePoint(long value, FormatFlags flags)
    {
        var digits = Math.Max(flags.Precision ?? 4, 4);
        if (digits > 64)
            digits = Math.Min(digits, 1_000_000);
        var text = "U+" + value.ToString("X", CultureInfo.InvariantCulture).PadLeft(digits, '0');
        if (flags.Sharp && value is >= 0 and <= 0x10FFFF && GoCharacters.IsPrint((int)value))
            text += $" '{ByteText.EncodeRune((int)value)}'";
        output.WritePadded(text, flags, withZeros: false);
    }

    private void Number(long value, int radix, int verb, FormatFlags flags)
    {
        var isNegative = value < 0;
        var sign = isNegative ? "-" : flags.Plus ? "+" : flags.Space ? " " : "";
        if (flags.Precision == 0 && value == 0)
        {
            output.Write(' ', flags.Width ?? 0);
            return;
        }

        var digits = Digits(isNegative ? -(BigInteger)value : value, radix);
        if (verb == 'X')
            digits = digits.ToUpperInvariant();
        var atLeast = flags.Precision ?? (flags.PadsWithZeros ? (flags.Width ?? 0) - sign.Length : 0);
        digits = digits.PadLeft(Math.Max(atLeast, 0), '0');
        var prefix = (flags.Sharp, radix, verb) switch
        {
            (true, _, 'O') when digits[0] != '0' => "0o0",
            (_, _, 'O') => "0o",
            (true, 2, _) => "0b",
            (true, 8, _) when digits[0] != '0' => "0",
            (true, 16, 'X') => "0X",
            (true, 16, _) => "0x",
            _ => "",
        };
        output.WritePadded(sign + prefix + digits, flags, withZeros: false);
    }

    private static string Digits(BigInteger value, int radix)
    {
        if (radix == 10)
            return value.ToString(CultureInfo.InvariantCulture);
        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, "0123456789abcdef"[(int)(value % radix)]);
            value /= radix;
        }
        while (!value.IsZero);
        return digits.ToString();
    }
}
