using System.Globalization;
using System.Text;

namespace ModelOps.Templates.Jinja.Values;

/// <summary>Strings as Python sees them: as code points, not UTF-16 units.</summary>
internal static class CodePoints
{
    public static bool HasSurrogates(string text) => text.AsSpan().ContainsAnyInRange('\ud800', '\udfff');

    public static int Length(string text)
    {
        if (!HasSurrogates(text))
            return text.Length;
        var length = 0;
        for (var index = 0; index < text.Length; index += SizeAt(text, index))
            length++;
        return length;
    }

    /// <summary>One string per code point.</summary>
    public static IEnumerable<string> Each(string text)
    {
        for (var index = 0; index < text.Length;)
        {
            var size = SizeAt(text, index);
            yield return size == 1 ? OneCharacter(text[index]) : text.Substring(index, size);
            index += size;
        }
    }

    /// <summary>The UTF-16 index of a code point.</summary>
    public static int Offset(string text, long codePoint)
    {
        if (!HasSurrogates(text))
            return (int)Math.Clamp(codePoint, 0, text.Length);
        var index = 0;
        while (codePoint-- > 0 && index < text.Length)
            index += SizeAt(text, index);
        return index;
    }

    public static string Slice(RenderState state, string text, Bounds bounds)
    {
        if (bounds.Step == 1)
        {
            var start = Offset(text, bounds.Start);
            var end = bounds.Count == 0 ? start : Offset(text, bounds.Start + bounds.Count);
            state.Budget.Text(end - start);
            return text[start..end];
        }

        state.Budget.Items(bounds.Count);
        var points = Each(text).ToList();
        var result = new StringBuilder();
        for (var round = 0L; round < bounds.Count; round++)
            result.Append(points[(int)(bounds.Start + (round * bounds.Step))]);
        return result.ToString();
    }

    public static bool IsSpace(char character) => char.IsWhiteSpace(character) || character is >= '\u001c' and <= '\u001f';

    public static string Strip(string text) => StripEnd(StripStart(text));

    public static string StripStart(string text)
    {
        var start = 0;
        while (start < text.Length && IsSpace(text[start]))
            start++;
        return text[start..];
    }

    public static string StripEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && IsSpace(text[end - 1]))
            end--;
        return text[..end];
    }

    /// <summary>Strips the code points of a set from either end.</summary>
    public static string Strip(string text, string set, bool start, bool end)
    {
        var unwanted = set.EnumerateRunes().ToHashSet();
        var (from, to) = (0, text.Length);
        while (start
            && from < to
            && Rune.DecodeFromUtf16(text.AsSpan(from, to - from), out var rune, out var size) is var _
            && unwanted.Contains(rune))
            from += size;
        while (end
            && from < to
            && Rune.DecodeLastFromUtf16(text.AsSpan(from, to - from), out var rune, out var size) is var _
            && unwanted.Contains(rune))
            to -= size;
        return text[from..to];
    }

    public static string Upper(string text) => text.AsSpan().IndexOfAny("ßﬁﬂŉ") < 0
        ? text.ToUpperInvariant()
        : text.ToUpperInvariant()
            .Replace("ß", "SS", StringComparison.Ordinal).Replace("ﬁ", "FI", StringComparison.Ordinal)
            .Replace("ﬂ", "FL", StringComparison.Ordinal).Replace("ŉ", "ʼN", StringComparison.Ordinal);

    public static string Lower(string text) => text.Contains('İ', StringComparison.Ordinal)
        ? text.Replace("İ", "i\u0307", StringComparison.Ordinal).ToLowerInvariant()
        : text.ToLowerInvariant();

    public static string Capitalize(string text)
    {
        var first = text.Length == 0 ? 0 : SizeAt(text, 0);
        return Upper(text[..first]) + Lower(text[first..]);
    }

    /// <summary>Python's idea of a character that is shown as it is.</summary>
    public static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);

    /// <summary>Lines of a text by all line ends that Python knows.</summary>
    public static List<string> Lines(string text, bool keepEnds = false)
    {
        var lines = new List<string>();
        var start = 0;
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] is not ('\n' or '\r' or '\v' or '\f' or (>= '\u001c' and <= '\u001e') or '\u0085' or '\u2028' or '\u2029'))
                continue;
            var end = index;
            if (text[index] == '\r' && index + 1 < text.Length && text[index + 1] == '\n')
                index++;
            lines.Add(text[start..(keepEnds ? index + 1 : end)]);
            start = index + 1;
        }

        if (start < text.Length)
            lines.Add(text[start..]);
        return lines;
    }

    private static readonly string[] Ascii = [.. Enumerable.Range(0, 128).Select(code => ((char)code).ToString())];

    private static string OneCharacter(char character) => character < 128 ? Ascii[character] : character.ToString();

    private static int SizeAt(string text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) ? 2 : 1;
}
