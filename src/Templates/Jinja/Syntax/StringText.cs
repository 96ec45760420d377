using System.Globalization;
using System.Text;

namespace ModelOps.Templates.Jinja.Syntax;

/// <summary>Strings as templates write them.</summary>
internal static class StringText
{
    /// <summary>The index after the closing quote; negative when there is none.</summary>
    public static int End(string source, int start)
    {
        for (var index = start + 1; index < source.Length; index++)
        {
            if (source[index] == '\\')
                index++;
            else if (source[index] == source[start])
                return index + 1;
        }

        return -1;
    }

    /// <summary>Resolves escapes as Python's string literals have them.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out string decoded)
    {
        decoded = "";
        if (!text.Contains('\\'))
        {
            decoded = text.ToString();
            return true;
        }

        var output = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\' || index + 1 >= text.Length)
            {
                output.Append(text[index]);
                continue;
            }

            index++;
            if (!TryEscape(output, text, ref index))
                return false;
        }

        decoded = output.ToString();
        return true;
    }

    private static bool TryEscape(StringBuilder output, ReadOnlySpan<char> text, ref int index)
    {
        switch (text[index])
        {
            case '\n':
                return true;
            case '\\' or '\'' or '"':
                output.Append(text[index]);
                return true;
            case 'x':
                return TryHex(output, text, ref index, 2);
            case 'u':
                return TryHex(output, text, ref index, 4);
            case 'U':
                return TryHex(output, text, ref index, 8);
            case 'N':
                return false;
            case >= '0' and <= '7':
                var code = 0;
                for (var round = 0; round < 3 && index < text.Length && text[index] is >= '0' and <= '7'; round++)
                    code = (code * 8) + (text[index++] - '0');
                index--;
                output.Append((char)code);
                return true;
            default:
                var plain = "abfnrtv".IndexOf(text[index], StringComparison.Ordinal);
                if (plain >= 0)
                    output.Append("\a\b\f\n\r\t\v"[plain]);
                else
                    output.Append('\\').Append(text[index]);
                return true;
        }
    }

    private static bool TryHex(StringBuilder output, ReadOnlySpan<char> text, ref int index, int digits)
    {
        if (index + digits >= text.Length
            || !uint.TryParse(text.Slice(index + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code > 0x10ffff)
        {
            return false;
        }

        if (code < 0x10000)
            output.Append((char)code);
        else
            output.Append(char.ConvertFromUtf32((int)code));
        index += digits;
        return true;
    }
}
