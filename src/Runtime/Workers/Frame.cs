using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace ModelOps.Runtime.Workers;

/// <summary>One received frame, read from the front.</summary>
internal ref struct Frame(FrameKind kind, uint number, ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    internal readonly FrameKind Kind => kind;

    internal readonly uint Number => number;

    internal byte Byte() => Take(1)[0];

    internal int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    internal long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    internal float Float() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    internal ReadOnlySpan<byte> Bytes() => Take(Int());

    internal string? TextOrNull()
    {
        var length = Int();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    internal string Text() => TextOrNull() ?? "";

    internal ImmutableArray<int> Ints() => [.. MemoryMarshal.Cast<byte, int>(Take(Int() * sizeof(int)))];

    internal ImmutableArray<float> Floats() => [.. MemoryMarshal.Cast<byte, float>(Take(Int() * sizeof(float)))];

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length)
            throw new InvalidDataException("A frame between daemon and worker is shorter than it says.");

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
