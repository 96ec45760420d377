using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ModelOps.ModelStore.Gguf;

/// <summary>Reads a file's header forward through a small buffer, and never past its end.</summary>
internal sealed class GgufScanner(SafeFileHandle handle, long length, string file)
{
    private const int BufferSize = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferSize];
    private long _bufferStart;
    private int _buffered;

    public long Position { get; private set; }

    public long Length => length;

    public string File => file;

    public bool BigEndian { get; set; }

    public long Remaining => length - Position;

    public uint ReadUInt32(string what) => (uint)ReadBits(4, what);

    public ulong ReadUInt64(string what) => ReadBits(8, what);

    /// <summary>An unsigned number of 1, 2, 4 or 8 bytes.</summary>
    public ulong ReadBits(int size, string what)
    {
        var bytes = Take(size, what);
        return (size, BigEndian) switch
        {
            (1, _) => bytes[0],
            (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            (2, true) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            (4, false) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            (4, true) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            (_, false) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            (_, true) => BinaryPrimitives.ReadUInt64BigEndian(bytes),
        };
    }

    /// <summary>A short text; the caller has bounded <paramref name="size"/>.</summary>
    public string ReadText(int size, string what)
    {
        if (size > Remaining)
            throw CutOff(what);
        if (size <= BufferSize)
            return Encoding.UTF8.GetString(Take(size, what));

        var bytes = new byte[size];
        for (var done = 0; done < size;)
        {
            var part = Math.Min(BufferSize, size - done);
            Take(part, what).CopyTo(bytes.AsSpan(done));
            done += part;
        }

        return Encoding.UTF8.GetString(bytes);
    }

    public void Skip(long size, string what)
    {
        if (size < 0 || size > Remaining)
            throw CutOff(what);
        Position += size;
    }

    public StoreException Broken(string why) =>
        StoreException.Damaged($"{file} is not a usable GGUF file: {why} (at byte {Position})", file);

    private StoreException CutOff(string what) =>
        StoreException.Damaged(
            $"{file} is not a usable GGUF file: it ends at byte {length}, inside {what}; the file is cut off or damaged", file);

    private ReadOnlySpan<byte> Take(int size, string what)
    {
        if (size > Remaining)
            throw CutOff(what);
        if (Position < _bufferStart || Position + size > _bufferStart + _buffered)
            Fill(size, what);

        var bytes = _buffer.AsSpan((int)(Position - _bufferStart), size);
        Position += size;
        return bytes;
    }

    private void Fill(int size, string what)
    {
        _bufferStart = Position;
        _buffered = 0;
        while (_buffered < size)
        {
            var read = RandomAccess.Read(handle, _buffer.AsSpan(_buffered), _bufferStart + _buffered);
            if (read == 0)
                throw RandomAccess.GetLength(handle) < length ? new EndOfStreamException() : CutOff(what);
            _buffered += read;
        }
    }
}
