namespace ModelOps.ModelfileLang.Meaning;

/// <summary>
/// The versions that <c>REQUIRES</c> takes: one to three numbers, and after three a pre-release and a build; a leading <c>v</c> is
/// lost.
/// </summary>
public static class SemanticVersion
{
    /// <summary>The text without its <c>v</c>, if it is a version.</summary>
    public static bool TryStrip(string text, out string version)
    {
        version = text.StartsWith('v') ? text[1..] : text;
        return IsVersion(version);
    }

    private static bool IsVersion(string text)
    {
        var (core, build) = Split(text, '+');
        var (numbers, prerelease) = Split(core, '-');
        var parts = numbers.Split('.');
        return parts.Length <= 3
            && parts.All(IsNumber)
            && (parts.Length == 3 || (build is null && prerelease is null))
            && (prerelease?.Split('.').All(part => IsIdentifier(part) && (!IsDigits(part) || IsNumber(part))) ?? true)
            && (build?.Split('.').All(IsIdentifier) ?? true);
    }

    private static (string Before, string? After) Split(string text, char mark)
    {
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }

    private static bool IsNumber(string part) => part.Length > 0 && IsDigits(part) && (part.Length == 1 || part[0] != '0');

    private static bool IsDigits(string part) => part.All(char.IsAsciiDigit);

    private static bool IsIdentifier(string part) =>
        part.Length > 0 && part.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
}
