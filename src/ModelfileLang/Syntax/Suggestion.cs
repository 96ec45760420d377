namespace ModelOps.ModelfileLang.Syntax;

/// <summary>"Did you mean …?": the nearest known word.</summary>
public static class Suggestion
{
    /// <summary>The known word that differs least, if it differs little enough to be a typing error; ties go to the first.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="known">What could have been meant.</param>
    /// <param name="acceptEqual">Whether a word that does not differ at all is an answer.</param>
    public static string? For(string word, IEnumerable<string> known, bool acceptEqual = false)
    {
        if (word.Length is 0 or > EditDistance.LongestWord)
            return null;

        var (best, bestDistance) = ((string?)null, Math.Min(2, (word.Length - 1) / 2) + 1);
        foreach (var candidate in known)
        {
            var distance = string.Equals(word, candidate, StringComparison.OrdinalIgnoreCase)
                ? 0
                : Math.Abs(word.Length - candidate.Length) > 2 ? int.MaxValue : EditDistance.Between(word, candidate);
            if (distance < bestDistance && (acceptEqual || word != candidate))
                (best, bestDistance) = (candidate, distance);
        }

        return best;
    }
}
