using System.Collections.Immutable;

namespace ModelOps.Reconciler.Trust;

/// <summary>One line of a file of allowed signers: a key, and for whom and when it counts.</summary>
/// <param name="Principals">Mail addresses, or patterns of them with <c>*</c> and <c>?</c>; one with <c>!</c> before it excludes.</param>
/// <param name="Key">The key.</param>
internal sealed record AllowedSigner(ImmutableArray<string> Principals, SshPublicKey Key)
{
    /// <summary>What signatures of it may be for; empty for anything.</summary>
    internal ImmutableArray<string> Namespaces { get; init; } = [];

    /// <summary>Signatures before this moment do not count.</summary>
    internal DateTimeOffset? ValidAfter { get; init; }

    /// <summary>Signatures from this moment on do not count.</summary>
    internal DateTimeOffset? ValidBefore { get; init; }

    internal bool IsFor(string purpose) =>
        Namespaces.IsEmpty || WordPattern.MatchesList(Namespaces, purpose, StringComparison.Ordinal);

    internal bool IsValidAt(DateTimeOffset time) => !(time < ValidAfter) && !(time >= ValidBefore);

    internal bool Covers(string mail) => WordPattern.MatchesList(Principals, mail, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Patterns with <c>*</c> and <c>?</c>, as ssh reads them.</summary>
/// <remarks>
/// The library's patterns of file names are others: there a backslash is more than a letter, and an empty text matches nothing.
/// </remarks>
internal static class WordPattern
{
    /// <summary>Some pattern matches, and none that excludes.</summary>
    internal static bool MatchesList(ImmutableArray<string> patterns, string text, StringComparison comparison) =>
        patterns.Any(pattern => !pattern.StartsWith('!') && Matches(pattern, text, comparison))
        && !patterns.Any(pattern => pattern.StartsWith('!') && Matches(pattern[1..], text, comparison));

    /// <summary>In the time of the product of both lengths, whatever the pattern.</summary>
    internal static bool Matches(string pattern, string text, StringComparison comparison)
    {
        var (p, t, star, resume) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, t);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || string.Compare(pattern, p, text, t, 1, comparison) == 0))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].All(c => c == '*');
    }
}
