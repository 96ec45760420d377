using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.Reconciler.Settings;

/// <summary>Finds the word that was probably meant.</summary>
internal static class NearestWord
{
    /// <summary><c>did you mean X?</c>, or null when nothing is near.</summary>
    internal static string? Hint(string word, IEnumerable<string> candidates) =>
        Find(word, candidates) is { } found ? $"did you mean '{found}'?" : null;

    internal static string? Find(string word, IEnumerable<string> candidates)
    {
        var best = candidates
            .Select(candidate => (Candidate: candidate, Distance: EditDistance.Between(word, candidate)))
            .OrderBy(pair => pair.Distance)
            .ThenBy(pair => pair.Candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Candidate is { } found && best.Distance <= Math.Max(1, Math.Min(word.Length, found.Length) / 2) ? found : null;
    }
}
