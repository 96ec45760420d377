using System.Collections.Frozen;
using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.Sources;

/// <summary>Rules that the tree of a revision must keep (RP1xxx). Nothing that breaks one is ever followed or read.</summary>
internal sealed class TreeRules(string prefix, SourceLimits limits)
{
    // Each is read, and looked up among the others.
    internal const int MostLinks = 1000;

    private readonly Dictionary<string, RevisionFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _folded = new(StringComparer.OrdinalIgnoreCase);
    private readonly ImmutableArray<Diagnostic>.Builder _problems = ImmutableArray.CreateBuilder<Diagnostic>();
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);
    private bool _full;

    internal bool FollowsSymlinks => limits.FollowsSymlinks;

    internal ImmutableArray<Diagnostic> Problems => _problems.ToImmutable();

    internal FrozenDictionary<string, RevisionFile> Files => _files.ToFrozenDictionary(StringComparer.Ordinal);

    internal void AddFile(RevisionFile file)
    {
        if (_full || !IsSafe(file.Path))
            return;
        if (_files.Count >= limits.Files)
        {
            _full = true;
            Report("RP1006", "", $"the revision has more than {limits.Files} files", "serve a smaller folder with --path");
            return;
        }

        if (AddFolded(file.Path))
            _files[file.Path] = file;
    }

    /// <summary>Where links are followed, what they lead to is decided by <see cref="FollowLinks"/>.</summary>
    /// <param name="path">The link.</param>
    /// <param name="target">Its text; null when that cannot be read.</param>
    internal void AddSymlink(string path, string? target)
    {
        if (!limits.FollowsSymlinks)
        {
            Report(
                "RP1001", Printable(path), "symbolic links are not followed and not allowed in a models repository",
                "commit the file itself, or let the host follow links with --symlinks follow");
        }
        else if (_links.Count >= MostLinks)
        {
            if (!_full)
                Report("RP1006", "", $"the revision has more than {MostLinks} symbolic links", "serve a smaller folder with --path");
            _full = true;
        }
        else if (target is null)
            ReportLink(path, "has no target that can be followed");
        else if (IsSafe(path))
            _links[path] = target;
    }

    /// <summary>Puts what links lead to in their place, after every entry was added. Nothing outside of the served folder is.</summary>
    internal void FollowLinks()
    {
        // What was left out could be what they lead to.
        if (_full)
            return;
        var paths = new SymlinkPaths(_links);
        var files = Files;
        foreach (var link in _links.Keys.Order(StringComparer.Ordinal))
        {
            var (target, problem) = paths.Follow(link);
            if (target is null)
                ReportLink(link, problem!);
            else if (files.TryGetValue(target, out var file))
                AddFile(file with { Path = link, LeadsTo = target });
            else
                FollowFolder(link, target, files);
        }
    }

    internal void AddSubmodule(string path) =>
        Report(
            "RP1002", Printable(path), "submodules are not fetched and not allowed in a models repository",
            "put the files into this repository");

    internal void AddSpecial(string path, string kind) =>
        Report(
            "RP1008", Printable(path), $"this is {kind}; only regular files are read",
            "remove it, or serve a folder that does not have it with --path");

    internal void AddUnreadableName(string shown) =>
        Report("RP1003", Printable(shown), "the path is not valid UTF-8", "rename the file");

    private void FollowFolder(string link, string target, FrozenDictionary<string, RevisionFile> files)
    {
        var below = target.Length == 0 ? "" : target + "/";
        if (link.StartsWith(below, StringComparison.Ordinal))
        {
            ReportLink(link, "leads to a folder that it lies in itself");
            return;
        }

        if (_links.Keys.Any(other => other.StartsWith(below, StringComparison.Ordinal)))
        {
            ReportLink(link, "leads to a folder that has links itself");
            return;
        }

        var found = files.Values.Where(file => file.Path.StartsWith(below, StringComparison.Ordinal))
            .OrderBy(file => file.Path, StringComparer.Ordinal).ToArray();
        if (found.Length == 0)
            ReportLink(link, "leads to nothing that is in the served folder");
        foreach (var file in found)
            AddFile(file with { Path = $"{link}/{file.Path[below.Length..]}", LeadsTo = file.Path });
    }

    private void ReportLink(string path, string problem) =>
        Report("RP1001", Printable(path), $"this symbolic link {problem}", "commit the file itself");

    private bool IsSafe(string path)
    {
        var parts = path.Split('/');
        var unsafePart = parts.Any(part => part is "" or "." or ".." || GitFolderName.Is(part));
        if (!unsafePart && path.Length <= limits.PathLength && !path.Any(c => char.IsControl(c) || c == '\\'))
            return true;
        Report("RP1003", Printable(path), "the path could leave the repository or is too long", "rename the file; use plain names");
        return false;
    }

    private bool AddFolded(string path)
    {
        // Every folder on the way too: `Models/a` and `models/b` are one folder on some systems.
        for (var end = path.IndexOf('/', StringComparison.Ordinal); ; end = path.IndexOf('/', end + 1))
        {
            var part = end < 0 ? path : path[..end];
            if (!_folded.TryAdd(part, part) && !string.Equals(_folded[part], part, StringComparison.Ordinal))
            {
                Report(
                    "RP1004", Printable(path), $"the path differs from {prefix}{_folded[part]} only in upper and lower case",
                    "rename one of them");
                return false;
            }

            if (end < 0)
                return true;
        }
    }

    private static string Printable(string path) => new([.. path.Take(200).Select(c => char.IsControl(c) ? '?' : c)]);

    /// <param name="code">The rule.</param>
    /// <param name="path">What breaks it; empty for the folder as a whole.</param>
    /// <param name="message">How.</param>
    /// <param name="hint">What to do.</param>
    private void Report(string code, string path, string message, string hint)
    {
        var place = prefix + path is { Length: > 0 } named ? named : ".";
        _problems.Add(new Diagnostic(code, Severity.Error, place, new SourceSpan(0, 0, 1, 1, 1, 1), message, hint));
    }
}
