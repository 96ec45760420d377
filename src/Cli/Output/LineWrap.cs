using System.Text;

namespace ModelOps.Cli.Output;

/// <summary>Breaks long lines between words, and between letters of East Asia, for terminals, which break them anywhere.</summary>
internal static class LineWrap
{
    private const int Narrowest = 20;
    private const int Further = 4;
    private const string Command = "'modelops ";

    /// <summary>
    /// One line as several that fit; a command in quotes, and a word that is longer than a line, stay whole, so that they can be copied.
    /// </summary>
    /// <param name="line">A line without line ends.</param>
    /// <param name="columns">How many there are.</param>
    /// <param name="indent">Blanks before the second line and those after it.</param>
    internal static string Of(string line, int columns, int indent)
    {
        if (TextCells.Of(line) <= columns || columns < Narrowest)
            return line;
        var text = new StringBuilder();
        var rest = line.AsSpan();
        var room = columns;
        while (TextCells.Of(rest) > room)
        {
            var at = BreakOf(rest, room);
            text.Append(rest[..at].TrimEnd());
            rest = rest[at..].TrimStart();
            room = columns - indent;
            if (rest.Length > 0)
                text.Append('\n').Append(' ', indent);
        }

        return text.Append(rest).ToString();
    }

    /// <summary>Lines as more lines that fit, where one is too long: what goes on is set in further than where it began.</summary>
    /// <param name="text">Lines, each with its end.</param>
    /// <param name="columns">How many there are.</param>
    internal static string OfEach(string text, int columns) => string.Join(
        '\n', text.Split('\n').Select(line => Of(line, columns, Math.Min(line.Length - line.TrimStart().Length + Further, columns / 2))));

    /// <summary>Where a line that is too long is broken: at the last place that fits, else at the first one, else at its end.</summary>
    private static int BreakOf(ReadOnlySpan<char> line, int room)
    {
        var (index, cells, last, wholeUntil) = (0, 0, -1, 0);
        var (begun, afterWide) = (false, false);
        foreach (var rune in line.EnumerateRunes())
        {
            var isWide = TextCells.IsWide(rune);
            if (index >= wholeUntil && line[index..].StartsWith(Command, StringComparison.Ordinal))
                wholeUntil = index + 1 + line[(index + 1)..].IndexOf('\'');
            if (begun && index >= wholeUntil && (rune.Value == ' ' || (isWide && afterWide)))
            {
                if (cells <= room)
                    last = index;
                else
                    return last >= 0 ? last : index;
            }
            else if (last >= 0 && cells > room)
                return last;
            begun |= rune.Value != ' ';
            afterWide = isWide;
            cells += TextCells.Of(rune);
            index += rune.Utf16SequenceLength;
        }

        return last >= 0 ? last : line.Length;
    }
}
