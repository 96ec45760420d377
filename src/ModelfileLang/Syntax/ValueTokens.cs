using System.Text;
using Sprache;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>The value of an instruction: the one token whose end depends on what was read.</summary>
/// <remarks>
/// A value ends at the first line end where its trimmed text is closed. Text that does not begin with a quote is always closed;
/// quoted text is closed by a line that ends with its quotes. So the first line decides everything but how many lines follow.
/// </remarks>
internal static class ValueTokens
{
    /// <summary>Reads a value; fails when its quotes never close.</summary>
    internal static readonly Parser<ValueToken> Value = input =>
    {
        var (end, quotes) = FindEnd((ModelfileInput)input);
        return end is null
            ? ModelfileTokens.Fail<ValueToken>(input, new string('"', quotes) + " at the end of a line")
            : Result.Success(Read((ModelfileInput)input, end.Value, quotes), ModelfileTokens.At(input, end.Value));
    };

    /// <summary>The opening quotes of a value that never closes.</summary>
    internal static readonly Parser<Token> OpenQuotes = input =>
    {
        var (end, quotes) = FindEnd((ModelfileInput)input);
        if (end is not null)
            return ModelfileTokens.Fail<Token>(input, "a quote that is never closed");
        var position = input.Source.IndexOf('"', input.Position);
        return ModelfileTokens.Take(ModelfileTokens.At(input, position), quotes);
    };

    /// <summary>Index of the line end that ends the value, null when there is none; and how many quotes open it: 0, 1 or 3.</summary>
    private static (int? End, int Quotes) FindEnd(ModelfileInput input)
    {
        var source = input.Scan.Source;
        var line = source.LineOf(input.Position);
        var endOfLine = Math.Max(input.Position, source.EndOf(line));
        var first = Kept(source.Text.AsSpan(input.Position..endOfLine)).Trim(" \t");

        var quotes = QuotesOpening(first);
        if (quotes == 0 || IsClosed(first, quotes))
            return (endOfLine, quotes);

        return (input.Scan.LineEndingWithQuotes(line + 1, quotes) is { } last ? source.EndOf(last) : null, quotes);
    }

    private static int QuotesOpening(ReadOnlySpan<char> text) =>
        text.StartsWith("\"\"\"") ? 3 : text.StartsWith("\"") ? 1 : 0;

    private static bool IsClosed(ReadOnlySpan<char> text, int quotes) =>
        text.Length >= 2 * quotes && text.EndsWith("\"\"\"".AsSpan(0, quotes));

    private static ValueToken Read(ModelfileInput input, int end, int quotes)
    {
        var source = input.Scan.Source;
        var raw = source.Text.AsSpan(input.Position..end);
        var kept = Kept(raw);
        var text = kept.Trim(" \t\r\n")[quotes..^quotes];

        var (from, to) = Inked(source.Text, input.Position, end);
        var inside = Math.Min(quotes, (to - from) / 2);
        return new ValueToken(
            text.ToString(),
            source.Span(from, to - from),
            source.Span(from + inside, to - from - (2 * inside)),
            quotes switch { 0 => QuoteStyle.Bare, 1 => QuoteStyle.Quoted, _ => QuoteStyle.TripleQuoted },
            kept.Length != raw.Length);
    }

    /// <summary>The text without the characters that a value cannot hold.</summary>
    private static ReadOnlySpan<char> Kept(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyExcept(PlainCharacters))
            return text;

        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Characters.IsKept(rune))
                kept.Append(rune.ToString());
        }

        return kept.Length == text.Length ? text : kept.ToString();
    }

    /// <summary>The place of the text without blanks, line ends and dropped characters at its ends.</summary>
    private static (int From, int To) Inked(string text, int from, int to)
    {
        var (start, end) = (from, to);
        while (start < end && Characters.RuneAt(text, start) is var rune && IsEmpty(rune))
            start += rune.Utf16SequenceLength;
        while (end > start && Characters.RuneBefore(text, end) is var rune && IsEmpty(rune))
            end -= rune.Utf16SequenceLength;
        return start == end ? (from, from) : (start, end);
    }

    private static bool IsEmpty(Rune rune) => rune.Value is ' ' or '\t' or '\r' or '\n' || !Characters.IsKept(rune);

    private static readonly System.Buffers.SearchValues<char> PlainCharacters =
        System.Buffers.SearchValues.Create([.. Enumerable.Range(' ', 0x7F - ' ').Select(code => (char)code), '\t', '\r', '\n']);
}
