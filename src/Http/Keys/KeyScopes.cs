using System.Diagnostics.CodeAnalysis;

namespace ModelOps.Http.Keys;

/// <summary>Scopes as words: <c>infer,read</c>.</summary>
public static class KeyScopes
{
    private static readonly (string Word, KeyScope Scope)[] s_words =
    [
        ("infer", KeyScope.Infer), ("read", KeyScope.Read), ("sync", KeyScope.Sync), ("hold", KeyScope.Hold),
        ("suspend", KeyScope.Suspend), ("approve", KeyScope.Approve), ("admin", KeyScope.Admin),
    ];

    /// <summary>All words, for messages: <c>infer, read, …</c>.</summary>
    public static string Words => string.Join(", ", s_words.Select(word => word.Word));

    /// <summary>Every single scope.</summary>
    public static IEnumerable<KeyScope> All => s_words.Select(word => word.Scope);

    /// <summary>Reads a list that is separated by commas; false names the first word that is none.</summary>
    public static bool TryParse(string text, out KeyScope scopes, [NotNullWhen(false)] out string? unknown)
    {
        ArgumentNullException.ThrowIfNull(text);
        (scopes, unknown) = (KeyScope.None, null);
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var found = Array.Find(s_words, known => known.Word == word);
            if (found.Word is null)
            {
                unknown = word;
                return false;
            }

            scopes |= found.Scope;
        }

        return true;
    }

    /// <summary>The words of some scopes, separated by commas.</summary>
    public static string Write(KeyScope scopes) =>
        string.Join(",", s_words.Where(word => (scopes & word.Scope) != KeyScope.None).Select(word => word.Word));

    /// <summary>Who has some scopes may do what asks for one of others.</summary>
    internal static bool Allow(this KeyScope granted, KeyScope wanted) =>
        wanted == KeyScope.None || (granted & (wanted | KeyScope.Admin)) != KeyScope.None;
}
