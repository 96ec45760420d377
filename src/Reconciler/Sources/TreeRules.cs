using System.Collections.Frozen;
using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.Sources;

/// <summary>Rules that the tree of a revision must keep (RP1xxx). Nothing that breaks one is ever followed or read.</summary>
internal sealed class TreeRules(string prefix, SourceLimits limits)
{
    private readonly Dictionary<string, RevisionFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _folded = new(StringComparer.OrdinalIgnoreCase);
    private readonly ImmutableArray<Diagnostic>.Builder _problems = ImmutableArray.CreateBuilder<Diagnostic>();
    private bool _full;

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

    internal void AddSymlink(string path) =>
        Report(
            "RP1001", Printable(path), "symbolic links are not followed and not allowed in a models repository", "commit the file itself");

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

    private void Report(string code, string path, string message, string hint) =>
        _problems.Add(new Diagnostic(code, Severity.Error, prefix + path, new SourceSpan(0, 0, 1, 1, 1, 1), message, hint));
}
