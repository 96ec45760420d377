namespace ModelOps.Reconciler.Sources;

/// <summary>Where the work tree around a folder begins, without asking git.</summary>
internal static class WorkTreeTop
{
    /// <summary>The nearest folder on the way up that has a <c>.git</c>; null where none has.</summary>
    internal static string? Of(string folder)
    {
        for (var above = Path.GetFullPath(folder); above is not null; above = Path.GetDirectoryName(above))
        {
            if (Path.Exists(Path.Combine(above, ".git")))
                return above;
        }

        return null;
    }
}
