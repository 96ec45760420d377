using System.Collections.Frozen;
using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Tests.Execution;

/// <summary>The files of a revision, in memory; the identity of a file is its path.</summary>
internal sealed class MemoryTree(params (string Path, byte[] Content)[] files) : IRevisionTree
{
    public RevisionFacts Facts { get; } = new("0123456789abcdef", "Author", "a change", DateTimeOffset.UnixEpoch);

    public string Prefix => "";

    public FrozenDictionary<string, RevisionFile> Files { get; } =
        files.ToFrozenDictionary(
            file => file.Path, file => new RevisionFile(file.Path, "object " + file.Path, file.Content.Length), StringComparer.Ordinal);

    public ImmutableArray<Diagnostic> Problems => [];

    public string? PathOf(RevisionFile file) => null;

    public Task<ImmutableArray<byte[]>> ReadAsync(ImmutableArray<RevisionFile> files, CancellationToken cancellationToken) =>
        Task.FromResult(files.Select(ContentOf).ToImmutableArray());

    public async Task StreamAsync(RevisionFile file, Func<Stream, CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        await using var content = new MemoryStream(ContentOf(file));
        await read(content, cancellationToken);
    }

    private byte[] ContentOf(RevisionFile file) => files.Single(known => known.Path == file.Path).Content;
}
