using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Storage;

/// <summary>Copies and hashes in one pass: while one piece is hashed it is also written, and the next one is read.</summary>
internal static class PipelinedCopy
{
    private const int PieceSize = 4 << 20;

    public static async Task<(Digest Digest, long Size)> RunAsync(
        SafeFileHandle source, SafeFileHandle? target, Action<long>? done, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (current, next) = (new byte[PieceSize], new byte[PieceSize]);
        var position = 0L;
        var length = await ReadAsync(source, current, 0, cancellationToken);
        while (length > 0)
        {
            var (piece, from, count) = (current, position, length);
            var writing = target is null
                ? Task.CompletedTask
                : Task.Run(() => Write(target, piece.AsSpan(0, count), from), cancellationToken);
            var reading = Task.Run(() => ReadAsync(source, next, from + count, cancellationToken).AsTask(), cancellationToken);
            try
            {
                hash.AppendData(piece, 0, count);
            }
            finally
            {
                await Task.WhenAll(writing, reading);
            }

            position += count;
            done?.Invoke(position);
            (current, next) = (next, current);
            length = await reading;
        }

        return (Digest.FromHash(hash.GetHashAndReset()), position);
    }

    private static void Write(SafeFileHandle target, ReadOnlySpan<byte> piece, long position)
    {
        RandomAccess.Write(target, piece, position);
        PosixFiles.StartWriteBack(target, position, piece.Length);
    }

    private static async ValueTask<int> ReadAsync(SafeFileHandle source, byte[] piece, long position, CancellationToken cancellationToken)
    {
        var total = 0;
        while (total < piece.Length)
        {
            var read = await RandomAccess.ReadAsync(source, piece.AsMemory(total), position + total, cancellationToken);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }
}
