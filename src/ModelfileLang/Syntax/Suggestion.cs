namespace ModelOps.ModelfileLang.Syntax;

/// <summary>"Did you mean …?": the nearest known word.</summary>
public static class Suggestion
{
    private const int LongestWord = 64;

    /// <summary>The known word that differs least, if it differs little enough to be a slip; ties go to the first.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="known">What could have been meant.</param>
    /// <param name="acceptEqual">Whether a word that does not differ at all is an answer.</param>
    public static string? For(string word, IEnumerable<string> known, bool acceptEqual = false)
    {
        if (word.Length is 0 or > LongestWord)
            return null;

        var (best, bestDistance) = ((string?)null, Math.Min(2, (word.Length - 1) / 2) + 1);
        foreach (var candidate in known)
        {
            var distance = string.Equals(word, candidate, StringComparison.OrdinalIgnoreCase)
                ? 0
                : Math.Abs(word.Length - candidate.Length) > 2 ? int.MaxValue : Distance(word, candidate);
            if (distance < bestDistance && (acceptEqual || word != candidate))
                (best, bestDistance) = (candidate, distance);
        }

        return best;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours.</summary>
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            table[0, j] = j;

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = table[i - 1, j - 1] + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                table[i, j] = Math.Min(replace, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }

        return table[a.Length, b.Length];
    }
}
