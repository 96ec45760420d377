using System.Globalization;
using System.Text;

namespace ModelOps.Prompting.Calls;

/// <summary>
/// Mends halves of characters in JSON that a model wrote: an escape such as <c>\ud83d</c> without its other half is read without complaint
/// and fails only when the text is used. The replacement character takes its place.
/// </summary>
internal static class SurrogatePairs
{
    private const int EscapeLength = 6;

    /// <summary>JSON text without lone halves.</summary>
    internal static string Whole(ReadOnlySpan<char> json)
    {
        StringBuilder? mended = null;
        for (var at = 0; at < json.Length; at++)
        {
            if (json[at] == '\\' && at + 1 < json.Length && json[at + 1] != 'u')
            {
                at++;
                continue;
            }

            if (char.IsSurrogate(json[at]))
            {
                if (at + 1 < json.Length && char.IsSurrogatePair(json[at], json[at + 1]))
                    at++;
                else
                    (mended ??= new StringBuilder(json.ToString()))[at] = '\ufffd';
            }
            else if (Escape(json, at) is { } unit && char.IsSurrogate(unit))
            {
                if (char.IsHighSurrogate(unit) && Escape(json, at + EscapeLength) is { } next && char.IsLowSurrogate(next))
                    at += EscapeLength;
                else
                    (mended ??= new StringBuilder(json.ToString())).Remove(at + 2, 4).Insert(at + 2, "fffd");
                at += EscapeLength - 1;
            }
        }

        return mended?.ToString() ?? json.ToString();
    }

    /// <summary>The unit that an escape at a place stands for; null without one.</summary>
    private static char? Escape(ReadOnlySpan<char> json, int at) =>
        at + EscapeLength <= json.Length && json[at] == '\\' && json[at + 1] == 'u'
        && ushort.TryParse(json.Slice(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
