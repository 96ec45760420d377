using System.Globalization;
using System.Text;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Syntax;

/// <summary>Reads quoted strings and character constants.</summary>
internal static class GoQuoting
{
    /// <summary>The content as <see cref="ByteText"/>; null when an escape is wrong.</summary>
    internal static string? Unquote(string quoted)
    {
        var content = quoted[1..^1];
        if (quoted[0] == '`')
            return ByteText.From(content.Replace("\r", "", StringComparison.Ordinal));
        if (!content.Contains('\\', StringComparison.Ordinal))
            return ByteText.From(content);

        var bytes = new StringBuilder();
        for (var index = 0; index < content.Length;)
        {
            if (content[index] != '\\')
            {
                var next = content.IndexOf('\\', index);
                next = next < 0 ? content.Length : next;
                bytes.Append(ByteText.From(content[index..next]));
                index = next;
            }
            else if (Escape(content, ref index, quote: '"', out var isByte) is { } value)
            {
                bytes.Append(isByte ? ((char)value).ToString() : ByteText.EncodeRune(value));
            }
            else
            {
                return null;
            }
        }

        return bytes.ToString();
    }

    /// <summary>The one character of a constant; null when there is none, a wrong escape, or more.</summary>
    internal static int? UnquoteCharacter(string quoted)
    {
        var content = quoted[1..^1];
        if (content.Length == 0)
            return null;
        var index = 0;
        int? value;
        if (content[0] == '\\')
        {
            value = Escape(content, ref index, quote: '\'', out _);
        }
        else
        {
            value = GoCharacters.At(content, 0).Value;
            index = GoCharacters.Length(content, 0);
        }

        return index == content.Length ? value : null;
    }

    /// <summary>Value of the escape at <paramref name="index"/>, which is left behind it.</summary>
    private static int? Escape(string text, ref int index, char quote, out bool isByte)
    {
        isByte = false;
        if (index + 1 >= text.Length)
            return null;
        var letter = text[index + 1];
        index += 2;
        switch (letter)
        {
            case 'a': return 7;
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'v': return '\v';
            case '\\': return '\\';
            case '"' or '\'': return letter == quote ? letter : null;
            case 'x':
                isByte = true;
                return Hexadecimal(text, ref index, 2);
            case 'u': return Rune(Hexadecimal(text, ref index, 4));
            case 'U': return Rune(Hexadecimal(text, ref index, 8));
            case >= '0' and <= '7':
                isByte = true;
                index--;
                return Octal(text, ref index);
            default: return null;
        }
    }

    private static int? Rune(int? value) => value is { } rune && System.Text.Rune.IsValid(rune) ? value : null;

    private static int? Hexadecimal(string text, ref int index, int digits)
    {
        if (index + digits > text.Length)
            return null;
        var isNumber = int.TryParse(
            text.AsSpan(index, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
        index += digits;
        return isNumber ? value : null;
    }

    private static int? Octal(string text, ref int index)
    {
        if (index + 3 > text.Length)
            return null;
        var value = 0;
        for (var end = index + 3; index < end; index++)
        {
            if (text[index] is < '0' or > '7')
                return null;
            value = (value * 8) + (text[index] - '0');
        }

        return value > 255 ? null : value;
    }
}
