using System.Buffers;

namespace ModelOps.ModelStore.Names;

/// <summary>Length and characters of the parts of a name.</summary>
internal static class ModelNameRules
{
    private const string First = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

    private static readonly SearchValues<char> FirstCharacters = SearchValues.Create(First);
    private static readonly SearchValues<char> HostCharacters = SearchValues.Create(First + "-.:");
    private static readonly SearchValues<char> NamespaceCharacters = SearchValues.Create(First + "-");
    private static readonly SearchValues<char> ModelCharacters = SearchValues.Create(First + "-.");

    public static bool IsHost(string part) => IsPart(part, 350, HostCharacters);

    public static bool IsNamespace(string part) => IsPart(part, 80, NamespaceCharacters);

    public static bool IsModelOrTag(string part) => IsPart(part, 80, ModelCharacters);

    // All legal characters are ASCII, so characters count as bytes.
    private static bool IsPart(string part, int longest, SearchValues<char> allowed) =>
        part.Length > 0 && part.Length <= longest
        && FirstCharacters.Contains(part[0])
        && !part.AsSpan(1).ContainsAnyExcept(allowed);
}
