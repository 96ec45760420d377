using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Registry;

/// <summary>
/// Hashes a file from its beginning as fast as its parts close up, so that little is left to hash when the last one ends.
/// </summary>
internal sealed class PrefixHash(SafeFileHandle content, IReadOnlyList<PartState> parts)
{
    private const int PieceSize = 1 << 20;

    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Says that a part has grown.</summary>
    public void Tell() => _news.Writer.TryWrite(true);

    /// <summary>Returns when every part is done, with the digest of all.</summary>
    public Task<Digest> RunAsync(CancellationToken cancellationToken) => QuietThread.RunAsync("hash", () => Run(cancellationToken));

    private Digest Run(CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[PieceSize];
        var total = parts.Count == 0 ? 0 : parts[^1].End;
        for (var at = 0L; at < total;)
        {
            // The front is read after the signal, so no signal is lost.
            var front = Front();
            if (front - at < PieceSize && front < total)
            {
                _news.Reader.ReadAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
                continue;
            }

            while (at < front)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(content, buffer.AsSpan(0, (int)Math.Min(PieceSize, front - at)), at);
                if (read == 0)
                    throw new EndOfStreamException("the file of a download became shorter");
                hash.AppendData(buffer, 0, read);
                at += read;
            }
        }

        return Digest.FromHash(hash.GetHashAndReset());
    }

    private long Front()
    {
        var front = 0L;
        foreach (var part in parts)
        {
            front = part.Next;
            if (!part.IsDone)
                break;
        }

        return front;
    }
}
