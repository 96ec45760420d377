using System.Security.Cryptography;
using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Building;

/// <summary>Joins the shards of split weights into one file: the metadata of the first, the tensors of all.</summary>
internal static class GgufMerge
{
    public static BlobWritten Write(BlobStore blobs, IReadOnlyList<GgufFile> shards, Action<long> done, CancellationToken cancellationToken)
    {
        var first = shards[0];
        if (shards.Any(
            shard => shard.Version != first.Version || shard.IsBigEndian != first.IsBigEndian || shard.Alignment != first.Alignment))
            throw StoreException.Damaged("the shards of the split GGUF differ in version, byte order or alignment", first.Path);

        var temporary = Path.Combine(blobs.Folder, DurableFile.TemporaryName());
        try
        {
            Digest digest;
            long size;
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                using var target = new HashingStream(file, hash);
                size = WriteAll(target, shards, done, cancellationToken);
                target.Flush();
                file.Flush(flushToDisk: true);
                digest = Digest.FromHash(hash.GetHashAndReset());
            }

            return blobs.Keep(temporary, digest, size);
        }
        catch (IOException error)
        {
            throw DiskFailed.Explain(blobs.Folder, shards.Sum(shard => shard.Length), error);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static long WriteAll(Stream target, IReadOnlyList<GgufFile> shards, Action<long> done, CancellationToken cancellationToken)
    {
        var first = shards[0];
        var entries = first.Metadata.Where(entry => !IsSplitKey(entry.Key)).ToArray();
        var writer = new GgufWriter(target, first.Version, first.IsBigEndian);
        writer.Header(shards.Sum(shard => shard.Tensors.Length), entries.Length);
        using (var source = Open(first))
        {
            foreach (var entry in entries)
                writer.Entry(source, entry, cancellationToken);
        }

        var offset = 0L;
        foreach (var tensor in shards.SelectMany(shard => shard.Tensors))
        {
            writer.Tensor(tensor, offset);
            offset += Padded(tensor.Size, first.Alignment);
        }

        writer.PadTo(first.Alignment);
        var copied = 0L;
        foreach (var shard in shards)
        {
            using var source = Open(shard);
            foreach (var tensor in shard.Tensors)
            {
                writer.Copy(source, shard.DataOffset + tensor.Offset, tensor.Size, cancellationToken);
                writer.PadTo(first.Alignment);
                done(copied += tensor.Size);
            }
        }

        return writer.Written;
    }

    private static bool IsSplitKey(string key) =>
        key.StartsWith("split.", StringComparison.Ordinal) || key.EndsWith(".split.count", StringComparison.Ordinal)
        || key.EndsWith(".split.no", StringComparison.Ordinal) || key.EndsWith(".split.tensors.count", StringComparison.Ordinal);

    private static long Padded(long size, long alignment) => (size + alignment - 1) / alignment * alignment;

    private static FileStream Open(GgufFile file) =>
        new(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
