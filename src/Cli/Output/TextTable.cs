using System.Text;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Output;

/// <summary>Left-aligned columns without borders. Cells are outside text: each is made one safe line.</summary>
internal sealed class TextTable(params string[] header)
{
    private const int WideGap = 4;
    private const int NarrowGap = 2;

    private readonly List<string[]> _rows = [header];
    private readonly Dictionary<int, string> _notes = [];

    internal void Add(params string[] cells) => _rows.Add([.. cells.Select(SafeText.ForLine)]);

    /// <summary>Adds a note below the row that was added last; only <see cref="ToText"/> shows it.</summary>
    internal void AddNote(string text) => _notes[_rows.Count - 1] = SafeText.ForLine(text);

    /// <summary>As the reference prints: each cell padded to its column's width plus four blanks.</summary>
    public override string ToString()
    {
        var widths = Widths();
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            for (var column = 0; column < row.Length; column++)
                text.Append(TextCells.Pad(row[column], widths[column] + WideGap));
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>
    /// Fits into the given columns and has no blanks at the end of a line: gaps get narrower, then long first cells get their own line.
    /// </summary>
    /// <param name="columns">How many there are.</param>
    /// <param name="color">Whether words that say how something is are coloured; never in the first column, which names things.</param>
    internal string ToText(int columns, bool color = false)
    {
        var widths = Widths();
        var gap = widths.Sum() + (WideGap * (widths.Length - 1)) <= columns ? WideGap : NarrowGap;
        var rest = widths.Skip(1).Sum(width => width + gap);
        var room = Math.Max(header[0].Length, Math.Min(widths[0], columns - rest));
        var text = new StringBuilder();
        for (var number = 0; number < _rows.Count; number++)
        {
            var row = _rows[number];
            var isLong = TextCells.Of(row[0]) > room;
            if (isLong)
                text.Append(row[0]).Append('\n');
            var line = new StringBuilder(TextCells.Pad(isLong ? "" : row[0], room));
            for (var column = 1; column < row.Length; column++)
            {
                line.Append(' ', gap).Append(Paint.Word(row[column], color && number > 0));
                line.Append(' ', widths[column] - TextCells.Of(row[column]));
            }

            text.Append(line.ToString().TrimEnd()).Append('\n');
            if (_notes.TryGetValue(number, out var note))
                text.Append(LineWrap.Of("    " + note, columns, indent: 4)).Append('\n');
        }

        return text.ToString();
    }

    private int[] Widths() => [.. header.Select((_, column) => _rows.Max(row => TextCells.Of(row[column])))];
}
