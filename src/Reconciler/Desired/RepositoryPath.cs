namespace ModelOps.Reconciler.Desired;

/// <summary>Paths inside the served folder, with <c>/</c>.</summary>
internal static class RepositoryPath
{
    /// <summary>Follows <paramref name="relative"/> from <paramref name="folder"/>; null when that leaves the served folder.</summary>
    internal static string? Combine(string folder, string relative)
    {
        var parts = new List<string>(folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count == 0)
                return null;
            else
                parts.RemoveAt(parts.Count - 1);
        }

        return string.Join('/', parts);
    }

    /// <summary>A path from the served folder that stays in it; null when the text is not such a path.</summary>
    internal static string? Inside(string text) =>
        text.StartsWith('/') || text.StartsWith('~') || text.Contains('\\', StringComparison.Ordinal) ? null : Combine("", text);

    /// <summary>The folder that holds a file; empty for the top.</summary>
    internal static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";
}
