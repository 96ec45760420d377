namespace ModelOps.ModelfileLang.Syntax;

/// <summary>Finds a spelling of a value that reads back as exactly that value.</summary>
public static class ValueSpelling
{
    /// <summary>The simplest spelling: bare, else in quotes, else in triple quotes.</summary>
    /// <returns>False for the values that no Modelfile can hold: invisible characters, or a line that ends in <c>"""</c> before the
    /// last.</returns>
    public static bool TryFind(string value, out string spelling)
    {
        spelling = Plainest(value);
        return spelling.Length > 0;
    }

    private static string Plainest(string value)
    {
        if (!value.EnumerateRunes().All(Characters.IsKept) || ModelfileDecoder.WellFormed(value) != value)
            return "";

        var isOneLine = value.AsSpan().IndexOfAny('\n', '\r') < 0;
        if (isOneLine && value.Length > 0 && value[0] != '"' && !Characters.IsBlank(value[0]) && !Characters.IsBlank(value[^1]))
            return value;
        if (isOneLine && value != "\"" && !value.StartsWith("\"\"", StringComparison.Ordinal))
            return $"\"{value}\"";
        return ClosesEarly(value) ? "" : $"\"\"\"{value}\"\"\"";
    }

    /// <summary>Whether some line before the last one would end the triple quotes.</summary>
    private static bool ClosesEarly(string value)
    {
        var start = 0;
        for (var end = NextLineEnd(value, start); end >= 0; (start, end) = (end + 1, NextLineEnd(value, end + 1)))
        {
            var line = value.AsSpan(start..end).TrimEnd(" \t");
            if (line.EndsWith("\"\"\""))
                return true;
        }

        return false;
    }

    private static int NextLineEnd(string value, int from)
    {
        var length = value.AsSpan(from).IndexOfAny('\n', '\r');
        return length < 0 ? -1 : from + length;
    }
}
