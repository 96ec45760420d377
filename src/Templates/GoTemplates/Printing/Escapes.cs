using System.Globalization;
using System.Text;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>The functions <c>html</c>, <c>js</c> and <c>urlquery</c> on text.</summary>
internal static class Escapes
{
    internal static string Html(string bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var character in bytes)
        {
            _ = character switch
            {
                '\0' => text.Append(ByteText.From("\uFFFD")),
                '"' => text.Append("&#34;"),
                '\'' => text.Append("&#39;"),
                '&' => text.Append("&amp;"),
                '<' => text.Append("&lt;"),
                '>' => text.Append("&gt;"),
                _ => text.Append(character),
            };
        }

        return text.ToString();
    }

    internal static string JavaScript(string bytes)
    {
        var text = new StringBuilder(bytes.Length);
        for (var index = 0; index < bytes.Length;)
        {
            var character = bytes[index];
            if (character < 0x80)
            {
                text.Append(JavaScript(character));
                index++;
                continue;
            }

            var rune = ByteText.DecodeRune(bytes, index, out var size);
            if (GoCharacters.IsPrint(rune))
                text.Append(bytes, index, size);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\u{rune:X4}");
            index += size;
        }

        return text.ToString();
    }

    private static string JavaScript(char character) => character switch
    {
        '\\' => "\\\\",
        '\'' => "\\'",
        '"' => "\\\"",
        < ' ' or '<' or '>' or '&' or '=' => $"\\u{(int)character:X4}",
        _ => character.ToString(),
    };

    internal static string UrlQuery(string bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var character in bytes)
        {
            if (char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '~')
                text.Append(character);
            else if (character == ' ')
                text.Append('+');
            else
                text.Append(CultureInfo.InvariantCulture, $"%{(int)character:X2}");
        }

        return text.ToString();
    }
}
