using System.Collections.Immutable;
using System.IO.Enumeration;
using ModelOps.ModelStore.Names;

namespace ModelOps.Http.Keys;

/// <summary>Names of models with <c>*</c> for any letters: <c>team-*</c>, <c>assistant</c>, <c>registry.example/*</c>.</summary>
public static class ModelPatterns
{
    /// <summary>Longest pattern, in characters.</summary>
    public const int Longest = 300;

    /// <summary>A pattern is one.</summary>
    public static bool IsPattern(string text) =>
        text is { Length: > 0 and <= Longest }
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '*' or '-' or '_' or '.' or '/' or ':');

    /// <summary>Some pattern fits a model; without patterns every model fits. Case does not count, as in names.</summary>
    internal static bool Fit(ImmutableArray<string> patterns, ModelName name) =>
        patterns.IsEmpty || patterns.Any(
            pattern => Fits(pattern, name.ShortName) || Fits(pattern, name.PlainName) || Fits(pattern, name.FullName));

    private static bool Fits(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);
}
