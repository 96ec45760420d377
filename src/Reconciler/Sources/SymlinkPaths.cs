namespace ModelOps.Reconciler.Sources;

/// <summary>Where symbolic links of a tree lead, by their texts alone: no disk is asked.</summary>
/// <param name="links">Texts of the links by their paths in the tree.</param>
internal sealed class SymlinkPaths(IReadOnlyDictionary<string, string> links)
{
    /// <summary>As many as Linux follows on the way to one file.</summary>
    internal const int MostHops = 40;

    /// <summary>
    /// The path without links that a link leads to, empty for the top of the tree; or why it is not followed. Whether something is there
    /// is the caller's to see.
    /// </summary>
    internal (string? Path, string? Problem) Follow(string link)
    {
        var ahead = new Stack<string>(link.Split('/').Reverse());
        var real = new List<string>();
        for (var hops = 0; ahead.TryPop(out var part);)
        {
            if (part is "" or ".")
                continue;
            if (part == "..")
            {
                if (real.Count == 0)
                    return (null, "leads out of the served folder");
                real.RemoveAt(real.Count - 1);
                continue;
            }

            real.Add(part);
            if (!links.TryGetValue(string.Join('/', real), out var target))
                continue;
            if (target.Length == 0 || target.Any(char.IsControl) || target.Contains('\\', StringComparison.Ordinal))
                return (null, "has no target that can be followed");
            if (target[0] == '/')
                return (null, "is absolute");
            if (++hops > MostHops)
                return (null, $"leads in a circle, or over more than {MostHops} links");
            real.RemoveAt(real.Count - 1);
            foreach (var step in target.Split('/').Reverse())
                ahead.Push(step);
        }

        return (string.Join('/', real), null);
    }
}
