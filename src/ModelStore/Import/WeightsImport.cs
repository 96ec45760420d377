using ModelOps.ModelStore.Native;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Import;

/// <summary>Brings files into the store: shared blocks where the file system can, else one pass that hashes while it copies.</summary>
public sealed class WeightsImport(LocalStore store)
{
    private readonly ImportMemory _memory = new(store);
    private readonly LinkedBlobs _links = new(store);

    /// <summary>Makes the content of a file a blob. A later edit of the file never changes the blob.</summary>
    /// <param name="path">The file.</param>
    /// <param name="link">Makes the blob a second name of the file instead: no copy, but an edit of the file changes the blob (see
    /// <see cref="LinkedBlobs"/>).</param>
    /// <param name="done">Receives how many bytes are done, from time to time; may be null.</param>
    /// <param name="cancellationToken">Gives up; nothing stays.</param>
    /// <exception cref="StoreException">The file cannot be read, or the disk refused.</exception>
    public async Task<BlobWritten> ImportAsync(string path, bool link, Action<long>? done, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path);
        if (RegularFile.OtherKindOf(full) is { } other)
            throw StoreException.Invalid($"{full} is {other}; only regular files are read", full);
        try
        {
            var before = FileIdentity.Of(full);
            if (_memory.Recall(full, before) is { } known && store.Blobs.SizeOf(known) == before.Size)
            {
                store.Blobs.Touch(known);
                done?.Invoke(before.Size);
                return new BlobWritten(known, before.Size, Existed: true);
            }

            var written = link
                ? await LinkAsync(full, done, cancellationToken)
                : await TakeAsync(full, before.Size, done, cancellationToken);
            if (FileIdentity.Of(full) == before && !link)
                _memory.Remember(full, before, written.Digest);
            return written;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw StoreException.Absent($"open {full}: no such file or directory", full, error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw StoreException.Unreadable($"open {full}: permission denied", full, error);
        }
        catch (IOException error)
        {
            throw DiskFailed.Explain(store.Blobs.Folder, 0, error);
        }
    }

    private async Task<BlobWritten> TakeAsync(string path, long size, Action<long>? done, CancellationToken cancellationToken)
    {
        var temporary = Path.Combine(store.Blobs.Folder, DurableFile.TemporaryName());
        try
        {
            BlobWritten written;
            using (var source = RegularFile.Open(path))
            using (var target = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read))
            {
                // A clone is hashed itself, and not its source, which may be edited meanwhile.
                var cloned = PosixFiles.TryClone(source, target);
                if (!cloned)
                    RequireSpace(size);
                var (digest, total) = cloned
                    ? await PipelinedCopy.RunAsync(target, target: null, done, cancellationToken)
                    : await PipelinedCopy.RunAsync(source, target, done, cancellationToken);
                RandomAccess.FlushToDisk(target);
                written = new BlobWritten(digest, total, Existed: false);
            }

            return store.Blobs.Keep(temporary, written.Digest, written.Size);
        }
        catch (IOException error) when (DiskFailed.IsFull(error))
        {
            throw DiskFailed.Explain(store.Blobs.Folder, size, error);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task<BlobWritten> LinkAsync(string path, Action<long>? done, CancellationToken cancellationToken)
    {
        BlobWritten written;
        var before = FileIdentity.Of(path);
        using (var source = RegularFile.Open(path))
        {
            var (digest, size) = await PipelinedCopy.RunAsync(source, target: null, done, cancellationToken);
            written = new BlobWritten(digest, size, store.Blobs.Has(digest));
        }

        if (written.Existed)
            return written;
        var blob = store.Blobs.PathOf(written.Digest);
        if (!PosixFiles.TryLink(path, blob))
        {
            throw StoreException.Unsupported(
                $"{path} cannot be linked into {store.Blobs.Folder}: both must lie on one file system that has hard links", path);
        }

        if (FileIdentity.Of(blob) != before)
        {
            File.Delete(blob);
            throw new StoreException(new StoreFailure.Changed($"{path} changed while it was read"), path);
        }

        _links.Remember(written.Digest, path);
        PosixFiles.SyncFolder(store.Blobs.Folder);
        return written;
    }

    private void RequireSpace(long size)
    {
        var free = DiskFailed.Free(store.Blobs.Folder);
        if (size <= free)
            return;
        var message = $"the disk of {store.Blobs.Folder} is too full: {size} bytes are needed, {free} are free";
        throw new StoreException(new StoreFailure.NoSpace(message, size, free), store.Blobs.Folder);
    }
}
