using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace ModelOps.ModelStore.Registry;

/// <summary>A piece of a file as the body of a request.</summary>
/// <param name="file">The file; not closed.</param>
/// <param name="offset">Where the piece begins.</param>
/// <param name="size">Its bytes.</param>
/// <param name="sent">Receives after every write how many bytes of the piece are sent.</param>
/// <param name="hash">Given all that is sent; may be null.</param>
internal sealed class FileSection(SafeFileHandle file, long offset, long size, Action<long> sent, IncrementalHash? hash) : HttpContent
{
    private const int PieceSize = 256 << 10;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            for (var at = 0L; at < size;)
            {
                var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(PieceSize, size - at)), offset + at);
                if (read == 0)
                    throw new EndOfStreamException("the blob became shorter");
                hash?.AppendData(buffer, 0, read);
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                at += read;
                sent(at);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = size;
        return true;
    }
}
