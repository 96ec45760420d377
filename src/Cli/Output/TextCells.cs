using System.Globalization;
using System.Text;

namespace ModelOps.Cli.Output;

/// <summary>How many columns of a terminal a text takes: letters of East Asia and pictures take two, marks above a letter none.</summary>
internal static class TextCells
{
    /// <summary>First and last code points of what is two columns wide (Unicode's East Asian Width, in lasting ranges).</summary>
    private static readonly (int First, int Last)[] s_wide =
    [
        (0x1100, 0x115F), (0x231A, 0x231B), (0x2329, 0x232A), (0x23E9, 0x23EC), (0x23F0, 0x23F0), (0x23F3, 0x23F3), (0x25FD, 0x25FE),
        (0x2614, 0x2615), (0x2648, 0x2653), (0x26A1, 0x26A1), (0x26BD, 0x26BE), (0x26C4, 0x26C5), (0x26D4, 0x26D4), (0x2705, 0x2705),
        (0x270A, 0x270B), (0x2728, 0x2728), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797),
        (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55), (0x2E80, 0x303E), (0x3041, 0x4DBF), (0x4E00, 0xA4CF), (0xA960, 0xA97F),
        (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE10, 0xFE19), (0xFE30, 0xFE6F), (0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x16FE0, 0x18DFF),
        (0x1B000, 0x1B2FF), (0x1F004, 0x1F004), (0x1F0CF, 0x1F0CF), (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F200, 0x1F320),
        (0x1F32D, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F7E0, 0x1F7EB), (0x1F900, 0x1F9FF), (0x1FA70, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    /// <summary>Columns of a line without line ends and commands.</summary>
    internal static int Of(ReadOnlySpan<char> line)
    {
        if (Ascii.IsValid(line))
            return line.Length;
        var cells = 0;
        foreach (var rune in line.EnumerateRunes())
            cells += Of(rune);
        return cells;
    }

    /// <summary>Columns of one character: none, one or two.</summary>
    internal static int Of(Rune rune) => IsWide(rune) ? 2 : Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.Control => 0,
        _ => 1,
    };

    /// <summary>It takes two columns; a line may be broken between two of these.</summary>
    internal static bool IsWide(Rune rune) =>
        rune.Value >= s_wide[0].First && Array.Exists(s_wide, range => rune.Value >= range.First && rune.Value <= range.Last);

    /// <summary>The text with blanks after it, so that it takes so many columns.</summary>
    internal static string Pad(string text, int cells) => text + new string(' ', Math.Max(0, cells - Of(text)));

    /// <summary>The text, or as much of it as fits before a sign that there was more.</summary>
    internal static string Cut(string text, int cells)
    {
        if (Of(text) <= cells)
            return text;
        var (length, taken) = (0, 1);
        foreach (var rune in text.EnumerateRunes())
        {
            taken += Of(rune);
            if (taken > cells)
                break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length].TrimEnd() + "…";
    }
}
