namespace ModelOps.ModelfileLang.Syntax;

/// <summary>How many typing errors lie between two words.</summary>
public static class EditDistance
{
    internal const int LongestWord = 64;

    /// <summary>
    /// Insertions, deletions, replacements and swaps of neighbours; case does not count. <see cref="int.MaxValue"/> for texts
    /// that are too long for words.
    /// </summary>
    public static int Between(string left, string right)
    {
        if (left.Length > LongestWord || right.Length > LongestWord)
            return int.MaxValue;
        var table = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
            table[i, 0] = i;
        for (var j = 0; j <= right.Length; j++)
            table[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var replace = table[i - 1, j - 1] + (Same(left[i - 1], right[j - 1]) ? 0 : 1);
                table[i, j] = Math.Min(replace, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }

        return table[left.Length, right.Length];
    }

    private static bool Same(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
