using System.Globalization;
using System.Text;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Terminal;

/// <summary>How what is typed looks on a terminal: rows that fit, and where the cursor stands in them.</summary>
/// <param name="Rows">The rows, as they may be printed.</param>
/// <param name="Row">The cursor's row, from 0.</param>
/// <param name="Column">Its column, from 0.</param>
internal sealed record EditorScreen(IReadOnlyList<string> Rows, int Row, int Column)
{
    private const string Tab = "    ";

    /// <summary>Lays a text out.</summary>
    /// <param name="state">The text.</param>
    /// <param name="prompt">What stands before the first line.</param>
    /// <param name="further">What stands before those after it.</param>
    /// <param name="columns">Columns of the terminal; the last one stays free, where the cursor would hang.</param>
    /// <param name="height">Rows of the terminal: of more, those around the cursor are shown.</param>
    internal static EditorScreen Of(EditorState state, string prompt, string further, int columns, int height)
    {
        var room = Math.Max(prompt.Length + 2, columns - 1);
        var rows = new List<string>();
        var line = new StringBuilder(prompt);
        var (width, row, column) = (TextCells.Of(prompt), 0, 0);
        for (var at = 0; ;)
        {
            if (at == state.Cursor)
                (row, column) = (rows.Count, width);
            if (at >= state.Text.Length)
                break;
            var length = StringInfo.GetNextTextElementLength(state.Text, at);
            var element = state.Text.AsSpan(at, length);
            at += length;
            if (element is "\n")
            {
                Break(further);
                continue;
            }

            var shown = element is "\t" ? Tab : SafeText.ForReading(element.ToString());
            if (TextCells.Of(shown) <= room)
                Add(shown);
            else
            {
                foreach (var rune in shown.EnumerateRunes())
                    Add(rune.ToString());
            }
        }

        rows.Add(line.ToString());
        var first = Math.Clamp(row - height + 1, 0, Math.Max(0, rows.Count - height));
        return new EditorScreen([.. rows.Skip(first).Take(height)], row - first, column);

        void Add(string shown)
        {
            var cells = TextCells.Of(shown);
            if (width + cells > room)
                Break("");
            line.Append(shown);
            width += cells;
        }

        void Break(string next)
        {
            rows.Add(line.ToString());
            line.Clear().Append(next);
            width = TextCells.Of(next);
        }
    }

    /// <summary>Draws over what was drawn before.</summary>
    /// <param name="before">Row that the cursor is in now, counted from the first one that was drawn.</param>
    /// <param name="placeholder">Shown behind the prompt, without moving the cursor; empty for none.</param>
    internal string Draw(int before, string placeholder = "")
    {
        var text = new StringBuilder();
        if (before > 0)
            text.Append(CultureInfo.InvariantCulture, $"\e[{before}A");
        text.Append("\r\e[J").AppendJoin('\n', Rows).Append(placeholder);
        if (Rows.Count - 1 - Row is > 0 and var up)
            text.Append(CultureInfo.InvariantCulture, $"\e[{up}A");
        text.Append('\r');
        if (Column > 0)
            text.Append(CultureInfo.InvariantCulture, $"\e[{Column}C");
        return text.ToString();
    }
}
