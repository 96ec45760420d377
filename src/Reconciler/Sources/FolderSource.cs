using System.Security.Cryptography;
using System.Text;
using ModelOps.ModelStore.Native;
using ModelOps.Reconciler.Sources.Lfs;

namespace ModelOps.Reconciler.Sources;

/// <summary>
/// A folder as it lies on the disk, for local work. In a work tree of git its files are those that a commit would hold; elsewhere all.
/// Its revision is the digest of what it holds; only the present one can be opened.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="git">Decides which files count.</param>
/// <param name="limits">How large it may be.</param>
/// <param name="identity">How files are told apart.</param>
/// <param name="largeFiles">Brings what pointers of git LFS stand for; null where nothing does.</param>
internal sealed class FolderSource(
    string folder, GitProgram git, SourceLimits limits, FolderFileIdentity identity = FolderFileIdentity.Content,
    LfsFiles? largeFiles = null) : IRepositorySource
{
    private readonly Dictionary<string, (long Size, DateTime Modified, string Digest)> _hashed = new(StringComparer.Ordinal);
    private readonly LfsAttributes _attributes = new(folder);
    private FolderRevisionTree? _latest;

    public string Display => folder;

    public async Task<string> FindTipAsync(CancellationToken cancellationToken) => (await ScanAsync(cancellationToken)).Facts.Revision;

    /// <summary>A folder is here already.</summary>
    public Task<string> FetchAsync(string tip, CancellationToken cancellationToken) => Task.FromResult(tip);

    /// <summary>A folder has no history to rewind.</summary>
    public Task<bool> DescendsAsync(string revision, string ancestor, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task KeepAsync(string revision, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<IRevisionTree> OpenAsync(string revision, CancellationToken cancellationToken)
    {
        var tree = _latest?.Facts.Revision == revision ? _latest : await ScanAsync(cancellationToken);
        return tree.Facts.Revision == revision
            ? tree
            : throw new GitSourceException(
                folder, SourceFailure.SourceMissing, $"{folder}: the files have changed since revision {revision}");
    }

    private async Task<FolderRevisionTree> ScanAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            throw new GitSourceException(folder, SourceFailure.SourceMissing, $"{folder}: there is no such folder");
        var rules = new TreeRules("", limits);
        try
        {
            if (await WorkTreeFiles.ListAsync(folder, git, cancellationToken) is { } entries)
                await TakeAsync(entries, rules, cancellationToken);
            else
                await ScanAsync(new DirectoryInfo(folder), "", rules, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GitSourceException(folder, SourceFailure.FetchFailed, $"{folder}: {error.Message}", error);
        }

        rules.FollowLinks();
        return _latest = new FolderRevisionTree(folder, RevisionOf(rules), rules, largeFiles);
    }

    private async Task TakeAsync(IEnumerable<WorkTreeEntry> entries, TreeRules rules, CancellationToken cancellationToken)
    {
        var links = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var entry in entries.OrderBy(entry => entry.Path, StringComparer.Ordinal))
        {
            // The index may still have files below what is a link by now. A commit would have the link alone.
            if (IsBelowLink(entry.Path, links))
                continue;
            if (entry.Kind == WorkTreeEntryKind.Submodule)
                rules.AddSubmodule(entry.Path);
            else if (entry.Kind == WorkTreeEntryKind.UnreadableName)
                rules.AddUnreadableName(entry.Path);
            else
                await TakeAsync(entry.Path, new FileInfo(Path.Combine(folder, entry.Path)), rules, cancellationToken);
        }
    }

    private bool IsBelowLink(string path, Dictionary<string, bool> links)
    {
        if (path.LastIndexOf('/') is not (> 0 and var end))
            return false;
        var above = path[..end];
        return links.TryGetValue(above, out var known)
            ? known
            : links[above] = IsBelowLink(above, links) || new DirectoryInfo(Path.Combine(folder, above)).LinkTarget is not null;
    }

    /// <summary>A file that is tracked and not on the disk any more is as good as removed.</summary>
    private async Task TakeAsync(string path, FileInfo file, TreeRules rules, CancellationToken cancellationToken)
    {
        if (file.LinkTarget is { } target)
            rules.AddSymlink(path, target);
        else if (file.Exists && RegularFile.OtherKindOf(file.FullName) is { } kind)
            rules.AddSpecial(path, kind);
        else if (file.Exists)
            rules.AddFile(new RevisionFile(path, await DigestAsync(path, file, cancellationToken), file.Length));
        else if (path.Contains('\uFFFD', StringComparison.Ordinal))
            rules.AddUnreadableName(path);
    }

    private async Task ScanAsync(DirectoryInfo directory, string prefix, TreeRules rules, CancellationToken cancellationToken)
    {
        foreach (var entry in directory.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var path = prefix + entry.Name;
            if (entry.Name == ".git")
                continue;
            if (entry is DirectoryInfo { LinkTarget: null } child)
                await ScanAsync(child, path + "/", rules, cancellationToken);
            else if (entry is FileInfo file)
                await TakeAsync(path, file, rules, cancellationToken);
            else
                rules.AddSymlink(path, entry.LinkTarget);
        }
    }

    /// <summary>A file whose size and time did not change is not read again.</summary>
    private async Task<string> DigestAsync(string path, FileInfo file, CancellationToken cancellationToken)
    {
        if (identity == FolderFileIdentity.SizeAndTime)
            return $"{file.Length}-{file.LastWriteTimeUtc.Ticks}";
        if (_hashed.TryGetValue(path, out var known) && known.Size == file.Length && known.Modified == file.LastWriteTimeUtc)
            return known.Digest;
        await using var content = RegularFile.OpenRead(file.FullName);
        var digest = identity == FolderFileIdentity.GitBlob && !_attributes.Cover(file.FullName)
            ? await GitBlobId.OfAsync(content, file.Length, cancellationToken)
            : "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
        _hashed[path] = (file.Length, file.LastWriteTimeUtc, digest);
        return digest;
    }

    private static string RevisionOf(TreeRules rules)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in rules.Files.Values.OrderBy(file => file.Path, StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.ObjectId}\n"));
        foreach (var problem in rules.Problems)
            hash.AppendData(Encoding.UTF8.GetBytes($"{problem.Code}\0{problem.File}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
