namespace ModelOps.Templates.Floats;

/// <summary>The parts of a well-formed number: all its digits as one integer, times ten (or two) to a power.</summary>
public sealed record FloatScan(bool IsNegative, bool IsHexadecimal, string Digits, long Exponent)
{
    private const long LargestExponent = 1_000_000;

    /// <summary>Null when the text is not a number.</summary>
    public static FloatScan? Of(string text)
    {
        var index = text.StartsWith('+') || text.StartsWith('-') ? 1 : 0;
        var isHexadecimal = text.Length > index + 2 && text[index] == '0' && text[index + 1] is 'x' or 'X';
        if (!UnderscoresAreBetweenDigits(text.AsSpan(index)))
            return null;
        index += isHexadecimal ? 2 : 0;

        var (digits, afterPoint) = Mantissa(text, ref index, isHexadecimal);
        if (digits.Length == 0 || !TryExponent(text, ref index, isHexadecimal, out var exponent) || index != text.Length)
            return null;
        return new FloatScan(text[0] == '-', isHexadecimal, digits, exponent - (afterPoint * (isHexadecimal ? 4 : 1)));
    }

    private static (string Digits, int AfterPoint) Mantissa(string text, ref int index, bool isHexadecimal)
    {
        var digits = new System.Text.StringBuilder();
        var pointAt = -1;
        for (; index < text.Length; index++)
        {
            var character = text[index];
            if (isHexadecimal ? char.IsAsciiHexDigit(character) : char.IsAsciiDigit(character))
                digits.Append(character);
            else if (character == '.' && pointAt < 0)
                pointAt = digits.Length;
            else if (character != '_')
                break;
        }

        return (digits.ToString(), pointAt < 0 ? 0 : digits.Length - pointAt);
    }

    /// <summary>A hexadecimal number must have an exponent, a decimal one may.</summary>
    private static bool TryExponent(string text, ref int index, bool isHexadecimal, out long exponent)
    {
        exponent = 0;
        var marks = isHexadecimal ? "pP" : "eE";
        if (index == text.Length || !marks.Contains(text[index], StringComparison.Ordinal))
            return !isHexadecimal;

        index++;
        var isNegative = index < text.Length && text[index] == '-';
        if (index < text.Length && text[index] is '+' or '-')
            index++;
        if (index == text.Length || !char.IsAsciiDigit(text[index]))
            return false;

        for (; index < text.Length && (char.IsAsciiDigit(text[index]) || text[index] == '_'); index++)
        {
            if (text[index] != '_' && exponent < LargestExponent)
                exponent = (exponent * 10) + (text[index] - '0');
        }

        exponent = isNegative ? -exponent : exponent;
        return true;
    }

    /// <summary>An underscore stands between two digits, or between <c>0x</c> and a digit.</summary>
    private static bool UnderscoresAreBetweenDigits(ReadOnlySpan<char> text)
    {
        var hasPrefix = text.Length >= 2 && text[0] == '0' && "bBoOxX".Contains(text[1], StringComparison.Ordinal);
        var isHexadecimal = hasPrefix && text[1] is 'x' or 'X';
        var last = hasPrefix ? '0' : '^';
        foreach (var character in text[(hasPrefix ? 2 : 0)..])
        {
            var isDigit = char.IsAsciiDigit(character) || (isHexadecimal && char.IsAsciiHexDigit(character));
            if (character == '_' ? last != '0' : !isDigit && last == '_')
                return false;
            last = isDigit ? '0' : character == '_' ? '_' : '!';
        }

        return last != '_';
    }
}
