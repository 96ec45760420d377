namespace ModelOps.Reconciler.Sources;

/// <summary>Names that are git's own folder on some file system: <c>.git</c>, and what Windows and macOS take for it.</summary>
internal static class GitFolderName
{
    internal static bool Is(string part)
    {
        var name = new string([.. part.Where(c => !IsIgnored(c))]);
        var stream = name.IndexOf(':', StringComparison.Ordinal);
        name = (stream < 0 ? name : name[..stream]).TrimEnd(' ', '.');
        return name.Equals(".git", StringComparison.OrdinalIgnoreCase) || name.Equals("git~1", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Characters that HFS+ leaves out when it compares names.</summary>
    private static bool IsIgnored(char c) =>
        c is (>= '\u200C' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u206A' and <= '\u206F') or '\uFEFF';
}
