using System.Text;

namespace ModelOps.Cli.Output;

/// <summary>Breaks long lines between words, for terminals, which break them anywhere.</summary>
internal static class LineWrap
{
    private const int Narrowest = 20;

    /// <summary>One line as several that fit; a word that is longer than a line stays whole, so that it can be copied.</summary>
    /// <param name="line">A line without line ends.</param>
    /// <param name="columns">How many there are.</param>
    /// <param name="indent">Blanks before the second line and those after it.</param>
    internal static string Of(string line, int columns, int indent)
    {
        if (line.Length <= columns || columns < Narrowest)
            return line;
        var text = new StringBuilder();
        var rest = line.AsSpan();
        var room = columns;
        while (rest.Length > room)
        {
            var first = rest.IndexOfAnyExcept(' ');
            var at = rest[..(room + 1)].LastIndexOf(' ');
            if (at <= first)
                at = rest[first..].IndexOf(' ') is >= 0 and var next ? first + next : rest.Length;
            text.Append(rest[..at].TrimEnd());
            rest = rest[at..].TrimStart();
            room = columns - indent;
            if (rest.Length > 0)
                text.Append('\n').Append(' ', indent);
        }

        return text.Append(rest).ToString();
    }
}
