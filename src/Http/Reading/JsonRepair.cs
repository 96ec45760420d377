using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace ModelOps.Http.Reading;

/// <summary>Replaces invalid Unicode by U+FFFD, as the reference's decoder does: the framework's refuses it.</summary>
internal static class JsonRepair
{
    private const int EscapeLength = 6;

    internal static byte[] Repair(byte[] text)
    {
        if (!Utf8.IsValid(text))
            text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
        return HasSurrogateEscape(text) ? ReplaceLoneSurrogates(text) : text;
    }

    private static bool HasSurrogateEscape(ReadOnlySpan<byte> text) =>
        text.IndexOf("\\ud"u8) >= 0 || text.IndexOf("\\uD"u8) >= 0;

    private static byte[] ReplaceLoneSurrogates(byte[] text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
                continue;
            if (Unit(text, at) is not { } unit)
            {
                at++;
                continue;
            }

            if (char.IsHighSurrogate(unit) && Unit(text, at + EscapeLength) is { } low && char.IsLowSurrogate(low))
                at += EscapeLength;
            else if (char.IsSurrogate(unit))
                "fffd"u8.CopyTo(text.AsSpan(at + 2));
            at += EscapeLength - 1;
        }

        return text;
    }

    private static char? Unit(ReadOnlySpan<byte> text, int at) =>
        at + EscapeLength <= text.Length && text[at] == '\\' && text[at + 1] == 'u'
            && ushort.TryParse(text.Slice(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
