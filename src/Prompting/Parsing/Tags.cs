namespace ModelOps.Prompting.Parsing;

/// <summary>Looks for marks in text that is still growing.</summary>
internal static class Tags
{
    /// <summary>Where the text begins that may still become one of the marks; its length when none may.</summary>
    internal static int Held(ReadOnlySpan<char> text, ReadOnlySpan<string> marks)
    {
        var held = text.Length;
        foreach (var mark in marks)
        {
            for (var length = Math.Min(mark.Length - 1, text.Length); length > text.Length - held; length--)
            {
                if (text.EndsWith(mark.AsSpan(0, length), StringComparison.Ordinal))
                    held = text.Length - length;
            }
        }

        return held;
    }

    /// <summary>The first place of any of the marks, the longest one there; -1 without one.</summary>
    internal static int Find(ReadOnlySpan<char> text, ReadOnlySpan<string> marks, out string found)
    {
        var first = -1;
        found = "";
        foreach (var mark in marks)
        {
            var at = text.IndexOf(mark, StringComparison.Ordinal);
            if (at >= 0 && (first < 0 || at < first || (at == first && mark.Length > found.Length)))
                (first, found) = (at, mark);
        }

        return first;
    }

    /// <summary>How many blanks stand at a place.</summary>
    internal static int SkipBlanks(string text, int start)
    {
        while (start < text.Length && char.IsWhiteSpace(text[start]))
            start++;
        return start;
    }

    /// <summary>Whether a mark stands at a place.</summary>
    /// <returns>True or false; null when the text ends inside of it.</returns>
    internal static bool? At(string text, int start, string mark)
    {
        var length = Math.Min(mark.Length, text.Length - start);
        if (string.CompareOrdinal(text, start, mark, 0, length) != 0)
            return false;
        return length == mark.Length ? true : null;
    }
}
