namespace ModelOps.ModelStore.Import;

/// <summary>Follows every link in a path.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>The path without links; as far as it exists.</summary>
    public static string Of(string path)
    {
        var rest = new Stack<string>(path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse());
        var current = Path.GetPathRoot(path) ?? "/";
        var links = 0;
        while (rest.TryPop(out var part))
        {
            if (part == ".")
                continue;
            if (part == "..")
            {
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }

            var next = Path.Combine(current, part);
            var target = new FileInfo(next).LinkTarget;
            if (target is null || ++links > MostLinks)
            {
                current = next;
                continue;
            }

            if (Path.IsPathRooted(target))
                current = Path.GetPathRoot(target)!;
            foreach (var piece in target.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse())
                rest.Push(piece);
        }

        return current;
    }
}
