using System.Text;

namespace ModelOps.Cli.Output;

/// <summary>Left-aligned columns without borders, each cell padded to its column's width plus four blanks, as the reference prints.</summary>
internal sealed class TextTable(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    internal void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var widths = Enumerable.Range(0, header.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            for (var column = 0; column < row.Length; column++)
                text.Append(row[column].PadRight(widths[column] + 4));
            text.Append('\n');
        }

        return text.ToString();
    }
}
