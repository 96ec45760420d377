using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Limits;

/// <summary>
/// Reads a body and fails when it has more bytes than the limit. A body that the web server cannot decode is the client's fault.
/// </summary>
/// <param name="inner">What is read; not disposed.</param>
/// <param name="most">Most bytes.</param>
/// <param name="tooLarge">The failure.</param>
/// <param name="counted">Is told how many bytes came each time, and may refuse them; null when nobody counts.</param>
internal sealed class BoundedBody(Stream inner, long most, Func<Exception> tooLarge, Action<long>? counted = null) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await ReadInnerAsync(buffer, cancellationToken));

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Count(await ReadInnerAsync(buffer.AsMemory(offset, count), cancellationToken));

    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async ValueTask<int> ReadInnerAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException error) when (error is not (BadHttpRequestException or ConnectionResetException or EndOfStreamException))
        {
            // Sizes of chunks that overflow, among others.
            throw new BadHttpRequestException(error.Message, StatusCodes.Status400BadRequest, error);
        }
    }

    private int Count(int read)
    {
        _read += read;
        if (_read > most)
            throw tooLarge();
        counted?.Invoke(read);
        return read;
    }
}
