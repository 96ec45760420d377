using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary>The filter <c>wordwrap</c>: each line on its own, cut at white space, and after hyphens where asked.</summary>
internal static class WordWrap
{
    public static object? Apply(RenderState state, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("wordwrap", "width", "break_long_words", "wrapstring", "break_on_hyphens");
        var width = (int)Math.Clamp(bound.Integer(0, 79), 0, int.MaxValue);
        if (width == 0)
            throw PythonError.Value("invalid width 0 (must be > 0)");
        var breaksWords = bound.Flag(1, fallback: true);
        var breaksHyphens = bound.Flag(3, fallback: true);
        var separator = bound.Or(2, null) is { } own ? StringMethods.Required(own) : "\n";
        state.Budget.Items(StringMethods.Required(value).Length);
        var wrapped = CodePoints.Lines(StringMethods.Required(value))
            .Select(line => string.Join(separator, Wrapped(line, width, breaksWords, breaksHyphens)));
        var text = string.Join(separator, wrapped);
        state.Budget.Text(text.Length);
        return text;
    }

    private static List<string> Wrapped(string line, int width, bool breaksWords, bool breaksHyphens)
    {
        var chunks = new Queue<string>(Chunks(line, breaksHyphens));
        var lines = new List<string>();
        var pending = "";
        while (pending.Length > 0 || chunks.Count > 0)
        {
            var current = new List<string>();
            var length = 0L;
            while (pending.Length > 0 || chunks.Count > 0)
            {
                if (pending.Length == 0)
                    pending = chunks.Dequeue();
                if (current.Count == 0 && lines.Count > 0 && CodePoints.IsSpace(pending[0]))
                {
                    pending = "";
                    continue;
                }

                var size = CodePoints.Length(pending);
                if (length + size > width)
                {
                    pending = Overlong(current, pending, (int)(width - length), size > width, breaksWords);
                    break;
                }

                current.Add(pending);
                length += size;
                pending = "";
            }

            if (current.Count > 0 && CodePoints.IsSpace(current[^1][0]))
                current.RemoveAt(current.Count - 1);
            if (current.Count > 0)
                lines.Add(string.Concat(current));
        }

        return lines;
    }

    /// <summary>What is left of a word that does not fit.</summary>
    private static string Overlong(List<string> line, string word, int room, bool isTooLong, bool breaksWords)
    {
        if (isTooLong && breaksWords)
        {
            var cut = CodePoints.Offset(word, room);
            if (cut > 0)
                line.Add(word[..cut]);
            return word[cut..];
        }

        if (!isTooLong || line.Count > 0)
            return word;
        line.Add(word);
        return "";
    }

    private static IEnumerable<string> Chunks(string line, bool breaksHyphens)
    {
        var start = 0;
        for (var index = 1; index <= line.Length; index++)
        {
            var isEnd = index == line.Length || CodePoints.IsSpace(line[index]) != CodePoints.IsSpace(line[index - 1]);
            var isHyphen = breaksHyphens && index < line.Length && index - start > 1 && line[index - 1] == '-'
                && char.IsLetter(line[index]) && char.IsLetter(line[index - 2]);
            if (!isEnd && !isHyphen)
                continue;
            yield return line[start..index];
            start = index;
        }
    }
}
