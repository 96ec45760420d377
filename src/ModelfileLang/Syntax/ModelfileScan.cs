using System.Text;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>
/// What the tokens look up about lines; each table is made once, when it is first asked for, so that no input costs more than linear
/// time.
/// </summary>
internal sealed class ModelfileScan(ModelfileSource source)
{
    private const int Nowhere = int.MaxValue;

    private int[]? _oneQuote;
    private int[]? _threeQuotes;
    private int[]? _anyInstruction;
    private int[]? _upperInstruction;

    internal ModelfileSource Source { get; } = source;

    /// <summary>
    /// First line from <paramref name="line"/> on whose kept, trimmed text ends with that many quotes (1 or 3); null when none does.
    /// </summary>
    internal int? LineEndingWithQuotes(int line, int quotes)
    {
        _oneQuote ??= NextLines(candidate => QuotesAtEndOf(candidate) >= 1);
        _threeQuotes ??= NextLines(candidate => QuotesAtEndOf(candidate) >= 3);
        return Lookup(quotes == 3 ? _threeQuotes : _oneQuote, line);
    }

    /// <summary>First line from <paramref name="line"/> on that begins with a known instruction; null when none does.</summary>
    internal int? LineWithInstruction(int line, bool upperCaseOnly)
    {
        _anyInstruction ??= NextLines(candidate => KeywordAt(candidate).Length > 0);
        if (!upperCaseOnly)
            return Lookup(_anyInstruction, line);
        _upperInstruction ??= NextLines(candidate => IsUpper(KeywordAt(candidate)));
        return Lookup(_upperInstruction, line);
    }

    private static int? Lookup(int[] next, int line) =>
        line <= next.Length && next[line - 1] is var found && found != Nowhere ? found : null;

    private int[] NextLines(Func<int, bool> matches)
    {
        var next = new int[Source.LineCount];
        var last = Nowhere;
        for (var line = next.Length; line >= 1; line--)
        {
            if (matches(line))
                last = line;
            next[line - 1] = last;
        }

        return next;
    }

    private int QuotesAtEndOf(int line)
    {
        var start = Source.StartOf(line);
        var quotes = 0;
        Rune rune;
        for (var end = Source.EndOf(line); end > start && quotes < 3; end -= rune.Utf16SequenceLength)
        {
            rune = Characters.RuneBefore(Source.Text, end);
            if (rune.Value == '"')
                quotes++;
            else if (Characters.IsKept(rune) && (quotes > 0 || rune.Value is not (' ' or '\t')))
                break;
        }

        return quotes;
    }

    private ReadOnlySpan<char> KeywordAt(int line)
    {
        var text = Source.Text.AsSpan(Source.StartOf(line)..Source.EndOf(line)).TrimStart(" \t");
        var length = 0;
        while (length < text.Length && Characters.IsLetter(text[length]))
            length++;
        var isWhole = length == text.Length || Characters.IsBlank(text[length]);
        return isWhole && InstructionNames.NameOf(text[..length]) is not null ? text[..length] : [];
    }

    private static bool IsUpper(ReadOnlySpan<char> keyword) => keyword.Length > 0 && !keyword.ContainsAnyInRange('a', 'z');
}
