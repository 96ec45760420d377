using System.Collections.Frozen;
using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Native;
using ModelOps.Reconciler.Sources.Lfs;

namespace ModelOps.Reconciler.Sources;

/// <summary>The files of a plain folder.</summary>
internal sealed class FolderRevisionTree(string folder, string revision, TreeRules rules, LfsFiles? largeFiles = null) : IRevisionTree
{
    public RevisionFacts Facts { get; } = new(revision, "", "", CommittedAt: null);

    public string Prefix => "";

    public FrozenDictionary<string, RevisionFile> Files { get; } = rules.Files;

    public ImmutableArray<Diagnostic> Problems { get; } = rules.Problems;

    LfsFiles? IRevisionTree.LargeFiles => largeFiles;

    public string? PathOf(RevisionFile file) => FullPath(file);

    public async Task<ImmutableArray<byte[]>> ReadAsync(ImmutableArray<RevisionFile> files, CancellationToken cancellationToken)
    {
        var contents = ImmutableArray.CreateBuilder<byte[]>(files.Length);
        foreach (var file in files)
            contents.Add(await WrappedAsync(() => Task.FromResult(RegularFile.ReadAllBytes(FullPath(file)))));
        return contents.ToImmutable();
    }

    public Task StreamAsync(RevisionFile file, Func<Stream, CancellationToken, Task> read, CancellationToken cancellationToken) =>
        WrappedAsync(async () =>
        {
            await using var content = RegularFile.OpenRead(FullPath(file));
            await read(content, cancellationToken);
            return true;
        });

    private string FullPath(RevisionFile file) => Path.Combine(folder, file.LeadsTo ?? file.Path);

    private async Task<T> WrappedAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GitSourceException(folder, SourceFailure.FetchFailed, $"{folder}: {error.Message}", error);
        }
    }
}
