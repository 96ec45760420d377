using System.Globalization;
using System.Text;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>Text and characters in quotes, as <c>%q</c> writes them.</summary>
internal static class Quote
{
    internal static string Text(string bytes, bool asciiOnly)
    {
        var text = new StringBuilder("\"");
        for (var index = 0; index < bytes.Length;)
        {
            var rune = ByteText.DecodeRune(bytes, index, out var size);
            if (ByteText.IsWhole(rune, size))
                Append(text, rune, '"', asciiOnly);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\x{(int)bytes[index]:x2}");
            index += size;
        }

        return text.Append('"').ToString();
    }

    internal static string Character(int rune, bool asciiOnly)
    {
        var text = new StringBuilder("'");
        Append(text, Rune.IsValid(rune) ? rune : ByteText.Replacement, '\'', asciiOnly);
        return text.Append('\'').ToString();
    }

    /// <summary>Whether the text can stand in back-quotes unchanged.</summary>
    internal static bool CanBeRaw(string bytes)
    {
        for (var index = 0; index < bytes.Length;)
        {
            var rune = ByteText.DecodeRune(bytes, index, out var size);
            if (!ByteText.IsWhole(rune, size) || rune is 0xFEFF or '`' or 0x7F || (rune < ' ' && rune != '\t'))
                return false;
            index += size;
        }

        return true;
    }

    private static void Append(StringBuilder text, int rune, char quote, bool asciiOnly)
    {
        if (rune == quote || rune == '\\')
            text.Append('\\').Append((char)rune);
        else if (rune < 0x80 ? GoCharacters.IsPrint(rune) : !asciiOnly && GoCharacters.IsPrint(rune))
            text.Append(ByteText.EncodeRune(rune));
        else
            text.Append(Escape(rune));
    }

    private static string Escape(int rune) => rune switch
    {
        7 => "\\a",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\v' => "\\v",
        < ' ' or 0x7F => $"\\x{rune:x2}",
        < 0x10000 => $"\\u{rune:x4}",
        _ => $"\\U{rune:x8}",
    };
}
