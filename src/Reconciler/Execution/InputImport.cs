using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Sources.Lfs;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Execution;

/// <summary>Brings files of a revision or of this machine into the store. Content that was brought before is not read again.</summary>
internal sealed class InputImport(LocalStore store, BuildRecords records, IModelPuller? puller = null) : IDisposable
{
    // One at a time: the disk is the limit, and two models on the same weights must not copy them twice.
    private readonly SemaphoreSlim _turn = new(1);

    // Content that is on its way is waited for, and not fetched twice.
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _fetching = new(StringComparer.Ordinal);

    public void Dispose()
    {
        _turn.Dispose();
        foreach (var turn in _fetching.Values)
            turn.Dispose();
    }

    /// <summary>File names and blob digests, as a create request wants them.</summary>
    /// <exception cref="StoreException">The disk refused.</exception>
    /// <exception cref="GitSourceException">The content is not readable.</exception>
    internal async Task<IReadOnlyDictionary<string, string>> ImportAsync(
        ImmutableArray<BuildInput> inputs, IRevisionTree tree, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in inputs)
        {
            if (input is BuildInput.RepositoryFiles repository)
            {
                foreach (var file in repository.Files)
                {
                    Add(files, file.Path, await ImportAsync(file, tree, cancellationToken));
                }
            }
            else if (input is BuildInput.HostFiles host)
            {
                foreach (var file in host.Files)
                    Add(files, file.Path, await ImportAsync(file, cancellationToken));
            }
        }

        return files;
    }

    /// <summary>Whether bringing it asks a server: a file of it lies in LFS, or on the server alone, and was not brought yet.</summary>
    internal bool NeedsFetch(BuildInput input) => input is BuildInput.RepositoryFiles repository
        && repository.Files.Any(file => file.IsInLfs
            ? store.Blobs.SizeOf(Digest.Parse(file.ObjectId)) != file.Size
            : file.IsAbsent && StoredPath(file.ObjectId) is null);

    /// <summary>Where content that was brought before lies; null when it was not, or is gone.</summary>
    internal string? StoredPath(string objectId) =>
        Digest.TryParse(records.BlobOf(objectId) ?? objectId, out var known) && store.Blobs.Has(known) ? store.Blobs.PathOf(known) : null;

    /// <summary>A large file waits for the network, not for the disk: it takes no turn, and goes into the store as it comes.</summary>
    private async Task<Digest> ImportAsync(RevisionFile file, IRevisionTree tree, CancellationToken cancellationToken)
    {
        if (!file.IsInLfs)
        {
            var turn = file.IsAbsent ? _fetching.GetOrAdd(file.ObjectId, _ => new SemaphoreSlim(1)) : _turn;
            return await ImportAsync(turn, file.ObjectId, write => tree.StreamAsync(file, write, cancellationToken), cancellationToken);
        }

        var digest = Digest.Parse(file.ObjectId);
        if (store.Blobs.SizeOf(digest) == file.Size)
        {
            store.Blobs.Touch(digest);
            return digest;
        }

        return tree.LargeFiles is { } large
            ? await large.FetchAsync(file, new LfsStore(store, puller), cancellationToken)
            : throw new GitSourceException(file.Path, SourceFailure.SourceMissing, $"{file.Path} lies in git LFS, and no server is known");
    }

    private Task<Digest> ImportAsync(HostFile file, CancellationToken cancellationToken) => ImportAsync(
        _turn,
        string.Create(CultureInfo.InvariantCulture, $"file:{file.Path}@{file.Size}.{file.ModifiedTicks}"),
        async write =>
        {
            // A file that holds no weights is not copied to where others may read it.
            if (!HostFiles.IsUnchanged(file))
            {
                throw new IOException(
                    $"{file.Path} is not what it was when it was taken in, and the store does not have that any more; put it back, or take "
                    + "in what is there with drift.files: correct");
            }

            WeightsCheck.Read(file.Path, Path.GetFileName(file.Path));
            await using var content = RegularFile.OpenRead(file.Path);
            await write(content, cancellationToken);
        },
        cancellationToken);

    private async Task<Digest> ImportAsync(
        SemaphoreSlim turn, string objectId, Func<Func<Stream, CancellationToken, Task>, Task> open, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (Digest.TryParse(records.BlobOf(objectId) ?? objectId, out var known) && store.Blobs.Has(known))
            {
                store.Blobs.Touch(known);
                return known;
            }

            var digest = default(Digest);
            await open(async (content, token) => digest = (await store.Blobs.WriteAsync(content, written: null, token)).Digest);
            records.AddBlob(objectId, digest.ToString());
            return digest;
        }
        finally
        {
            turn.Release();
        }
    }

    private static void Add(Dictionary<string, string> files, string path, Digest digest)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        for (var number = 2; !files.TryAdd(name, digest.ToString()); number++)
            name = string.Create(CultureInfo.InvariantCulture, $"{number}/{path[(path.LastIndexOf('/') + 1)..]}");
    }
}
