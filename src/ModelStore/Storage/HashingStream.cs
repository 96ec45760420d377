using System.Security.Cryptography;

namespace ModelOps.ModelStore.Storage;

/// <summary>A stream to write to that hashes what passes, in pieces large enough for the disk. Does not own what it writes to.</summary>
internal sealed class HashingStream(Stream target, IncrementalHash hash) : Stream
{
    private readonly byte[] _buffer = new byte[1 << 18];
    private int _buffered;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        hash.AppendData(buffer);
        if (buffer.Length > _buffer.Length - _buffered)
            Flush();
        if (buffer.Length > _buffer.Length)
        {
            target.Write(buffer);
            return;
        }

        buffer.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        target.Write(_buffer.AsSpan(0, _buffered));
        _buffered = 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
