using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace ModelOps.Runtime.Workers;

/// <summary>Writes frames: length, version, kind, request number, payload; little-endian.</summary>
internal sealed class FrameWriter
{
    /// <summary>Version of the protocol; both ends are the same executable, so any difference is an error.</summary>
    internal const byte Version = 1;

    /// <summary>Bytes before the payload, the length itself included.</summary>
    internal const int HeaderLength = 10;

    private byte[] _bytes = new byte[1024];
    private int _start;

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    internal void Clear() => Length = 0;

    internal FrameWriter Begin(FrameKind kind, uint number)
    {
        _start = Length;
        var header = Grow(HeaderLength);
        header[4] = Version;
        header[5] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(header[6..], number);
        return this;
    }

    internal FrameWriter Byte(byte value)
    {
        Grow(1)[0] = value;
        return this;
    }

    internal FrameWriter Number(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Grow(8), value);
        return this;
    }

    internal FrameWriter Int(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Grow(4), value);
        return this;
    }

    internal FrameWriter Float(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(Grow(4), value);
        return this;
    }

    internal FrameWriter Bytes(ReadOnlySpan<byte> value)
    {
        Int(value.Length);
        value.CopyTo(Grow(value.Length));
        return this;
    }

    /// <summary>Null and empty differ.</summary>
    internal FrameWriter Text(string? value) => value is null ? Int(-1) : Bytes(Encoding.UTF8.GetBytes(value));

    internal FrameWriter Ints(ReadOnlySpan<int> values)
    {
        Int(values.Length);
        MemoryMarshal.AsBytes(values).CopyTo(Grow(values.Length * sizeof(int)));
        return this;
    }

    internal FrameWriter Floats(ReadOnlySpan<float> values)
    {
        Int(values.Length);
        MemoryMarshal.AsBytes(values).CopyTo(Grow(values.Length * sizeof(float)));
        return this;
    }

    internal void End() => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_start), Length - _start - sizeof(int));

    private Span<byte> Grow(int count)
    {
        if (Length + count > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));

        var place = _bytes.AsSpan(Length, count);
        Length += count;
        return place;
    }
}
