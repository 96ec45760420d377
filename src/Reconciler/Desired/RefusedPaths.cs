using System.Collections.Frozen;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Desired;

/// <summary>
/// Paths that the rules of the tree (RP1xxx) took out. The rule reports them; that they are missing then is not reported again.
/// </summary>
internal sealed class RefusedPaths
{
    private readonly FrozenSet<string> _paths;
    private readonly bool _all;

    private RefusedPaths(FrozenSet<string> paths, bool all) => (_paths, _all) = (paths, all);

    internal static RefusedPaths Of(IRevisionTree tree) => new(
        tree.Problems.Select(problem => problem.File)
            .Where(file => file.StartsWith(tree.Prefix, StringComparison.Ordinal))
            .Select(file => file[tree.Prefix.Length..])
            .ToFrozenSet(StringComparer.Ordinal),
        tree.Problems.Any(problem => problem.Code == "RP1006"));

    /// <summary>The path, or a folder on the way to it, was taken out.</summary>
    internal bool Covers(string path)
    {
        if (_all || _paths.Contains(path))
            return true;
        for (var end = path.IndexOf('/', StringComparison.Ordinal); end >= 0; end = path.IndexOf('/', end + 1))
        {
            if (_paths.Contains(path[..end]))
                return true;
        }

        return false;
    }
}
