using System.Globalization;
using System.Text;

namespace ModelOps.Cli.Output;

/// <summary>
/// Breaks a text between words while it comes in pieces. Each piece is shown at once: a word that turns out too long for its line is erased
/// there and goes on in the next one. Letters that take two columns are broken anywhere.
/// </summary>
/// <param name="columns">Columns of the terminal; the last one stays free, where the cursor would hang.</param>
internal sealed class WordWrap(int columns)
{
    private const int TabStop = 8;

    private readonly int _room = Math.Max(2, columns - 1);
    private readonly StringBuilder _word = new();
    private int _wordCells;
    private int _column;

    /// <summary>What to write for a piece of text that is safe to write.</summary>
    internal string Feed(string text)
    {
        var shown = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '\n':
                    Break(shown);
                    break;
                case ' ' or '\t':
                    TakeBlank(rune, shown);
                    break;
                default:
                    Take(rune, shown);
                    break;
            }
        }

        return shown.ToString();
    }

    private void TakeBlank(Rune rune, StringBuilder shown)
    {
        var cells = rune.Value == '\t' ? TabStop - (_column % TabStop) : 1;
        EndWord();
        if (_column + cells > _room)
        {
            Break(shown);
            return;
        }

        shown.Append(rune.ToString());
        _column += cells;
    }

    private void Take(Rune rune, StringBuilder shown)
    {
        var cells = TextCells.Of(rune);
        if (_column + cells > _room)
        {
            // A word as long as the line is broken where the line ends.
            if (_wordCells == 0 || _wordCells == _column || TextCells.IsWide(rune))
                Break(shown);
            else
            {
                shown.Append(CultureInfo.InvariantCulture, $"\e[{_wordCells}D\e[K\n").Append(_word);
                _column = _wordCells;
            }
        }

        shown.Append(rune.ToString());
        _column += cells;
        if (TextCells.IsWide(rune))
            EndWord();
        else if (cells > 0 || _wordCells > 0)
        {
            _word.Append(rune.ToString());
            _wordCells += cells;
        }
    }

    private void Break(StringBuilder shown)
    {
        shown.Append('\n');
        _column = 0;
        EndWord();
    }

    private void EndWord()
    {
        _word.Clear();
        _wordCells = 0;
    }
}
