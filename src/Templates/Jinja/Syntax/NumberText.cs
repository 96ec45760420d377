using System.Globalization;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Syntax;

/// <summary>Numbers as templates write them.</summary>
internal static class NumberText
{
    /// <summary>The number at the start of a text that begins with a digit.</summary>
    public static (object Number, int Length) Read(ReadOnlySpan<char> text)
    {
        var whole = Digits(text, 0);
        var end = whole;
        if (end + 1 < text.Length && text[end] == '.' && char.IsAsciiDigit(text[end + 1]))
            end = Digits(text, end + 1);
        if (end < text.Length && text[end] is 'e' or 'E')
        {
            var exponent = end + 1;
            if (exponent < text.Length && text[exponent] is '+' or '-')
                exponent++;
            if (exponent < text.Length && char.IsAsciiDigit(text[exponent]))
                end = Digits(text, exponent);
        }

        if (end > whole)
            return (double.Parse(text[..end].ToString().Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture), end);
        var length = IntegerLength(text, whole);
        return (Numbers.ParseInteger(text[..length].ToString(), 0) ?? Numbers.Box(0), length);
    }

    private static int IntegerLength(ReadOnlySpan<char> text, int whole)
    {
        if (text[0] != '0')
            return whole;
        var numberBase = text.Length > 1 ? char.ToLowerInvariant(text[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 } : 0;
        var end = numberBase == 0 ? 1 : 2;
        while (end < text.Length
            && (IsDigit(text[end], numberBase) || (text[end] == '_' && end + 1 < text.Length && IsDigit(text[end + 1], numberBase))))
            end++;
        return numberBase != 0 && end == 2 ? 1 : end;
    }

    private static bool IsDigit(char character, int numberBase) => numberBase switch
    {
        16 => char.IsAsciiHexDigit(character),
        8 => character is >= '0' and <= '7',
        2 => character is '0' or '1',
        _ => character == '0',
    };

    private static int Digits(ReadOnlySpan<char> text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsAsciiDigit(text[end])
            || (text[end] == '_'
                && end > start
                && char.IsAsciiDigit(text[end - 1])
                && end + 1 < text.Length
                && char.IsAsciiDigit(text[end + 1]))))
        {
            end++;
        }

        return end;
    }
}
