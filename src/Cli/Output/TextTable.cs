using System.Text;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Output;

/// <summary>Left-aligned columns without borders. Cells are outside text: each is made one safe line.</summary>
internal sealed class TextTable(params string[] header)
{
    private const int WideGap = 4;
    private const int NarrowGap = 2;
    private const int Shortest = 6;

    private readonly List<string[]> _rows = [header];
    private readonly Dictionary<int, string> _notes = [];

    internal void Add(params string[] cells) => _rows.Add([.. cells.Select(SafeText.ForLine)]);

    /// <summary>Adds a note below the row that was added last; only <see cref="ToText"/> shows it.</summary>
    internal void AddNote(string text) => _notes[_rows.Count - 1] = SafeText.ForLine(text);

    /// <summary>Headers of columns that are shortened, and then left out, where a table does not fit: the least important first.</summary>
    internal IReadOnlyList<string> GiveWay { get; init; } = [];

    /// <summary>How much of a first cell other columns give way to; a longer one gets its own line.</summary>
    internal int NameCells { get; init; } = 10;

    /// <summary>As the reference prints: each cell padded to its column's width plus four blanks.</summary>
    public override string ToString() => ToString(headers: true);

    /// <param name="headers">Whether there is a line above.</param>
    internal string ToString(bool headers)
    {
        var widths = Widths(headers);
        var text = new StringBuilder();
        foreach (var row in _rows.Skip(headers ? 0 : 1))
        {
            for (var column = 0; column < row.Length; column++)
                text.Append(TextCells.Pad(row[column], widths[column] + WideGap));
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>
    /// Fits into the given columns and has no blanks at the end of a line: gaps get narrower, then columns of <see cref="GiveWay"/>, then
    /// long first cells get their own line.
    /// </summary>
    /// <param name="columns">How many there are.</param>
    /// <param name="color">Whether words that say how something is are coloured; never in the first column, which names things.</param>
    /// <param name="headers">Whether there is a line above.</param>
    internal string ToText(int columns, bool color = false, bool headers = true)
    {
        var widths = Widths(headers);
        var gap = widths.Sum() + (WideGap * (widths.Length - 1)) <= columns ? WideGap : NarrowGap;
        Narrow(widths, gap, columns, headers);
        var rest = widths.Skip(1).Where(width => width > 0).Sum(width => width + gap);
        var room = Math.Max(headers ? header[0].Length : 1, Math.Min(widths[0], columns - rest));
        var text = new StringBuilder();
        for (var number = headers ? 0 : 1; number < _rows.Count; number++)
        {
            var row = _rows[number];
            var isLong = TextCells.Of(row[0]) > room;
            if (isLong)
                text.Append(row[0]).Append('\n');
            var line = new StringBuilder(TextCells.Pad(isLong ? "" : row[0], room));
            for (var column = 1; column < row.Length; column++)
            {
                if (widths[column] == 0)
                    continue;
                var cell = TextCells.Cut(row[column], widths[column]);
                line.Append(' ', gap).Append(Paint.Word(cell, color && number > 0)).Append(' ', widths[column] - TextCells.Of(cell));
            }

            text.Append(line.ToString().TrimEnd()).Append('\n');
            if (_notes.TryGetValue(number, out var note))
                text.Append(LineWrap.Of("    " + note, columns, indent: 4)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Takes from columns that give way what is too much; 0 is a column that is left out.</summary>
    private void Narrow(int[] widths, int gap, int columns, bool headers)
    {
        var giving = GiveWay.Select(name => Array.IndexOf(header, name)).Where(column => column > 0).ToArray();
        foreach (var column in giving.TakeWhile(_ => TooMuch() > 0))
        {
            var least = Math.Max(Shortest, headers ? header[column].Length : 0);
            widths[column] = widths[column] - TooMuch() >= least ? widths[column] - TooMuch() : 0;
        }

        int TooMuch() => widths.Skip(1).Where(width => width > 0).Sum(width => width + gap) + Math.Min(widths[0], NameCells) - columns;
    }

    private int[] Widths(bool headers) =>
        [.. header.Select((_, column) => _rows.Skip(headers ? 0 : 1).Select(row => TextCells.Of(row[column])).DefaultIfEmpty(0).Max())];
}
