using System.Globalization;
using System.Numerics;
using ModelOps.Templates.Floats;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Syntax;

/// <summary>Reads the spellings of numbers.</summary>
internal static class GoNumbers
{
    /// <summary>
    /// The constant that the text means; invalid when it is an integer too large to use; null with a reason when it is not a number.
    /// </summary>
    internal static GoValue? Parse(string text, out string problem)
    {
        problem = $"illegal number syntax: \"{text}\"";
        if (text.EndsWith('i') && Float(text[..^1]) is { } imaginary)
            return GoValue.Of(new Complex(0, imaginary));

        var looksLikeFloat = text.AsSpan().ContainsAny(".eEpP");
        if (Integer(text) is { } integer)
        {
            // A hexadecimal integer may hold the letter e; a signed one is taken for a float even so.
            if (looksLikeFloat && !IsUnsignedHexadecimal(text))
                return GoValue.Of((double)integer);
            return integer >= long.MinValue && integer <= long.MaxValue ? GoValue.Of((long)integer) : GoValue.Invalid;
        }

        if (Float(text) is not { } number)
            return null;
        problem = $"integer overflow: \"{text}\"";
        return looksLikeFloat ? GoValue.Of(number) : null;
    }

    /// <summary>A real and an imaginary part, written without space between.</summary>
    internal static GoValue? ParseComplex(string text)
    {
        var split = SecondSign(text);
        return Float(text[..split]) is { } real && Float(text[split..^1]) is { } imaginary
            ? GoValue.Of(new Complex(real, imaginary))
            : null;
    }

    /// <summary>Where the imaginary part begins: at a sign that neither leads nor belongs to an exponent.</summary>
    private static int SecondSign(string text)
    {
        var isHexadecimal = text.AsSpan().TrimStart("+-").StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        for (var index = 1; index < text.Length; index++)
        {
            if (text[index] is '+' or '-' && !(text[index - 1] is 'p' or 'P' || (!isHexadecimal && text[index - 1] is 'e' or 'E')))
                return index;
        }

        return text.Length - 1;
    }

    private static bool IsUnsignedHexadecimal(string text) =>
        text.Length > 2 && text[0] == '0' && text[1] is 'x' or 'X' && !text.AsSpan().ContainsAny("pP");

    /// <summary>With the prefixes 0x, 0o, 0b and 0, and underscores between digits; signed up to 63 bits, unsigned up to 64.</summary>
    private static BigInteger? Integer(string text)
    {
        var isNegative = text.StartsWith('-');
        var digits = text.AsSpan().TrimStart("+-");
        if (text.Length - digits.Length > 1 || digits.IsEmpty)
            return null;
        var (radix, prefix) = digits switch
        {
            ['0', 'x' or 'X', ..] => (16, 2),
            ['0', 'o' or 'O', ..] => (8, 2),
            ['0', 'b' or 'B', ..] => (2, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        if (Value(digits[prefix..], radix, prefix > 0) is not { } value)
            return null;
        if (isNegative)
            return value <= (BigInteger)long.MaxValue + 1 ? -value : null;
        return value <= (text[0] == '+' ? long.MaxValue : ulong.MaxValue) ? value : null;
    }

    private static BigInteger? Value(ReadOnlySpan<char> digits, int radix, bool hasPrefix)
    {
        var value = BigInteger.Zero;
        var wasDigit = hasPrefix;
        foreach (var character in digits)
        {
            if (character == '_' && wasDigit)
            {
                wasDigit = false;
                continue;
            }

            var digit = char.IsAsciiHexDigit(character) ? Convert.ToInt32(character.ToString(), 16) : radix;
            if (digit >= radix || value > ulong.MaxValue)
                return null;
            value = (value * radix) + digit;
            wasDigit = true;
        }

        return wasDigit && !digits.IsEmpty ? value : null;
    }

    /// <summary>Null also for what is too large.</summary>
    private static double? Float(string text)
    {
        if (FloatScan.Of(text) is not { } scan)
            return null;
        var value = scan.IsHexadecimal ? Hexadecimal(scan) : Decimal(scan);
        return double.IsInfinity(value) ? null : scan.IsNegative ? -value : value;
    }

    private static double Decimal(FloatScan scan)
    {
        var digits = scan.Digits.TrimStart('0');
        return (digits.Length + scan.Exponent) switch
        {
            _ when digits.Length == 0 => 0,
            > 400 => double.PositiveInfinity,
            < -400 => 0,
            var magnitude => double.Parse($"0.{digits}e{magnitude}", NumberStyles.Float, CultureInfo.InvariantCulture),
        };
    }

    private static double Hexadecimal(FloatScan scan)
    {
        if (scan.Exponent is > 5000 or < -100_000)
            return scan.Digits.AsSpan().ContainsAnyExcept('0') && scan.Exponent > 0 ? double.PositiveInfinity : 0;
        var mantissa = BigInteger.Parse("0" + scan.Digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var surplus = (int)Math.Max(0, mantissa.GetBitLength() - 64);

        // What is cut off only matters for rounding: whether it was anything at all.
        var kept = mantissa >> surplus;
        if (kept << surplus != mantissa)
            kept |= BigInteger.One;
        return Math.ScaleB((double)(ulong)kept, (int)scan.Exponent + surplus);
    }
}
