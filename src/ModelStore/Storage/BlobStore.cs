using System.Security.Cryptography;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Storage;

/// <summary>
/// Contents under the names of their digests. A blob is whole and durable before it has its name. Safe for any number of threads and
/// processes.
/// </summary>
public sealed class BlobStore
{
    private const int PieceSize = 1 << 20;

    private readonly TimeProvider _time;

    internal BlobStore(string folder, TimeProvider time)
    {
        Folder = folder;
        _time = time;
    }

    /// <summary>Where the blobs lie.</summary>
    public string Folder { get; }

    /// <summary>Path of a blob, whether it is there or not.</summary>
    public string PathOf(Digest digest) => Path.Combine(Folder, digest.FileName);

    /// <summary>Whether the blob is there.</summary>
    public bool Has(Digest digest) => File.Exists(PathOf(digest));

    /// <summary>Bytes of the blob, or null when it is not there.</summary>
    public long? SizeOf(Digest digest)
    {
        var file = new FileInfo(PathOf(digest));
        return file.Exists ? file.Length : null;
    }

    /// <summary>Opens a blob.</summary>
    /// <exception cref="StoreException">It is not there.</exception>
    public FileStream OpenRead(Digest digest)
    {
        try
        {
            return RegularFile.OpenRead(PathOf(digest));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Missing(digest, error);
        }
    }

    /// <summary>The content of a small blob.</summary>
    /// <exception cref="StoreException">It is not there.</exception>
    public byte[] Read(Digest digest)
    {
        try
        {
            return RegularFile.ReadAllBytes(PathOf(digest));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Missing(digest, error);
        }
    }

    /// <summary>Marks a blob as wanted now, which keeps every pruning away from it for an hour.</summary>
    public void Touch(Digest digest)
    {
        try
        {
            File.SetLastWriteTimeUtc(PathOf(digest), _time.GetUtcNow().UtcDateTime);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A store that we may only read keeps its times.
        }
    }

    /// <summary>Stores a small content.</summary>
    /// <exception cref="StoreException">The disk refused.</exception>
    public BlobWritten Write(ReadOnlySpan<byte> content)
    {
        var digest = Digest.Of(content);
        if (Has(digest))
        {
            Touch(digest);
            return new(digest, content.Length, Existed: true);
        }

        try
        {
            DurableFile.Replace(PathOf(digest), Folder, content);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DiskFailed.Explain(Folder, content.Length, error);
        }

        return new(digest, content.Length, Existed: false);
    }

    /// <summary>Stores a stream, hashing while it writes.</summary>
    /// <param name="content">Read to its end.</param>
    /// <param name="written">Receives how many bytes are written, from time to time; may be null.</param>
    /// <param name="cancellationToken">Ends the write; nothing of it stays.</param>
    /// <exception cref="StoreException">The disk refused.</exception>
    public async Task<BlobWritten> WriteAsync(Stream content, Action<long>? written, CancellationToken cancellationToken)
    {
        var temporary = Path.Combine(Folder, DurableFile.TemporaryName());
        try
        {
            long total;
            Digest digest;
            using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                total = await TakeAsync(content, file, hash, written, cancellationToken);
                Flush(file, total);
                digest = Digest.FromHash(hash.GetHashAndReset());
            }

            return Keep(temporary, digest, total);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Stores a stream that is said to have a digest, as an upload does.</summary>
    /// <param name="expected">The digest as the caller wrote it; it must be the lower-case colon form to match.</param>
    /// <param name="content">Not read when the blob is there already.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    /// <returns>True when it was stored, false when it was there.</returns>
    /// <exception cref="StoreException">Invalid: no digest, or another one than was said; what came stays stored under its true
    /// digest.</exception>
    public async Task<bool> ReceiveAsync(string expected, Stream content, CancellationToken cancellationToken)
    {
        if (!Digest.TryParse(expected, out var digest))
            throw StoreException.Invalid("invalid digest format", expected);
        if (Has(digest))
            return false;

        var stored = await WriteAsync(content, written: null, cancellationToken);
        return stored.Digest.ToString() == expected
            ? true
            : throw StoreException.Invalid($"digest mismatch, expected \"{expected}\", got \"{stored.Digest}\"", expected);
    }

    /// <summary>
    /// Takes over a file that the caller wrote into <see cref="Folder"/>: hashes it, writes it through and gives it its name.
    /// </summary>
    public async Task<BlobWritten> AdoptAsync(string temporary, CancellationToken cancellationToken)
    {
        Digest digest;
        long size;
        await using (var file = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0))
        {
            digest = await FileDigest.OfAsync(temporary, done: null, cancellationToken);
            size = file.Length;
            Flush(file, size);
        }

        return Keep(temporary, digest, size);
    }

    /// <summary>Gives a finished and durable temporary file the name of its content.</summary>
    internal BlobWritten Keep(string temporary, Digest digest, long size)
    {
        if (Has(digest))
        {
            File.Delete(temporary);
            Touch(digest);
            return new(digest, size, Existed: true);
        }

        DurableFile.MoveIntoPlace(temporary, PathOf(digest));
        return new(digest, size, Existed: false);
    }

    // While one piece is hashed and written, the next one comes.
    private async Task<long> TakeAsync(
        Stream content, FileStream file, IncrementalHash hash, Action<long>? written, CancellationToken cancellationToken)
    {
        var (current, next) = (new byte[PieceSize], new byte[PieceSize]);
        var total = 0L;
        var length = await content.ReadAtLeastAsync(current, PieceSize, throwOnEndOfStream: false, cancellationToken);
        while (length > 0)
        {
            var (piece, count, before) = (current, length, total);
            var working = Task.Run(
                () =>
                {
                    hash.AppendData(piece, 0, count);
                    WritePiece(file, piece.AsSpan(0, count), before);
                },
                CancellationToken.None);
            try
            {
                length = await content.ReadAtLeastAsync(next, PieceSize, throwOnEndOfStream: false, cancellationToken);
            }
            finally
            {
                await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await working;
            total += count;
            written?.Invoke(total);
            (current, next) = (next, current);
        }

        return total;
    }

    private void WritePiece(FileStream file, ReadOnlySpan<byte> piece, long before)
    {
        try
        {
            file.Write(piece);
            PosixFiles.StartWriteBack(file.SafeFileHandle, before, piece.Length);
        }
        catch (IOException error)
        {
            throw DiskFailed.Explain(Folder, before + piece.Length, error);
        }
    }

    private void Flush(FileStream file, long size)
    {
        try
        {
            file.Flush(flushToDisk: true);
        }
        catch (IOException error)
        {
            throw DiskFailed.Explain(Folder, size, error);
        }
    }

    private StoreException Missing(Digest digest, Exception error) =>
        StoreException.Absent($"open {PathOf(digest)}: no such file or directory", digest.ToString(), error);
}
