using System.IO.Enumeration;
using ModelOps.ModelStore.Native;

namespace ModelOps.Reconciler.Sources.Lfs;

/// <summary>
/// Which files of a work tree a commit would hold as pointers of git LFS, by the <c>filter=lfs</c> of its <c>.gitattributes</c>. Their
/// content lies on the disk.
/// </summary>
internal sealed class LfsAttributes
{
    private const string FileName = ".gitattributes";
    private const int MostBytes = 1 << 20;
    private const string AnyFolders = "**";
    private const int MostAnyFolders = 4;

    private readonly Dictionary<string, (string Pattern, bool IsLfs)[]> _known = new(StringComparer.Ordinal);
    private readonly string _top;

    /// <param name="folder">Folder of a work tree.</param>
    internal LfsAttributes(string folder) => _top = WorkTreeTop.Of(folder) ?? folder;

    /// <summary>Whether the content of a file, by its full path, would go to LFS. The last line that says something counts.</summary>
    internal bool Cover(string file)
    {
        var path = Path.GetRelativePath(_top, file).Replace('\\', '/');
        var isLfs = false;
        for (var end = 0; end >= 0; end = path.IndexOf('/', end + 1))
        {
            var (folder, below) = end == 0 ? ("", path) : (path[..end], path[(end + 1)..]);
            foreach (var (pattern, says) in LinesIn(folder))
            {
                if (Matches(pattern, below))
                    isLfs = says;
            }
        }

        return isLfs;
    }

    /// <summary>A pattern of git: without a slash it is for names in any folder, else for paths.</summary>
    internal static bool Matches(string pattern, string path)
    {
        if (!pattern.Contains('/', StringComparison.Ordinal))
            return FileSystemName.MatchesSimpleExpression(pattern, path.AsSpan(path.LastIndexOf('/') + 1), ignoreCase: false);
        var parts = pattern.TrimStart('/').Split('/');
        return parts.Count(part => part == AnyFolders) <= MostAnyFolders && Matches(parts, path.Split('/'));
    }

    private static bool Matches(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (pattern.IsEmpty || path.IsEmpty)
            return pattern.IsEmpty && path.IsEmpty;
        if (pattern[0] == AnyFolders)
            return pattern.Length == 1 || Matches(pattern[1..], path) || Matches(pattern, path[1..]);
        return FileSystemName.MatchesSimpleExpression(pattern[0], path[0], ignoreCase: false) && Matches(pattern[1..], path[1..]);
    }

    private (string Pattern, bool IsLfs)[] LinesIn(string folder)
    {
        if (_known.TryGetValue(folder, out var known))
            return known;
        var file = Path.Combine(_top, folder, FileName);
        var isReadable = File.Exists(file) && RegularFile.OtherKindOf(file) is null
            && new FileInfo(file) is { LinkTarget: null, Length: < MostBytes };
        return _known[folder] = isReadable
            ? [.. File.ReadLines(file).Select(Parse).OfType<(string, bool)>()]
            : [];
    }

    private static (string Pattern, bool IsLfs)? Parse(string line)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length < 2 || words[0][0] is '#' or '"' or '[')
            return null;
        return words.LastOrDefault(word => word.TrimStart('-', '!').StartsWith("filter", StringComparison.Ordinal)) is { } filter
            ? (words[0], filter == "filter=lfs")
            : null;
    }
}
