using System.Buffers.Binary;
using System.Text;

namespace ModelOps.ModelStore.Gguf;

/// <summary>Writes the pieces of a GGUF file to a stream, in one byte order and version.</summary>
internal sealed class GgufWriter(Stream target, int version, bool bigEndian)
{
    public long Written { get; private set; }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        target.Write(bytes);
        Written += bytes.Length;
    }

    public void UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (bigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void UInt64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (bigEndian)
            BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Bytes(bytes);
    }

    /// <summary>A length or count, whose width depends on the version.</summary>
    public void Length(long value)
    {
        if (version == 1)
            UInt32(checked((uint)value));
        else
            UInt64((ulong)value);
    }

    public void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Length(bytes.Length);
        Bytes(bytes);
    }

    public void Header(long tensors, long entries)
    {
        // The reversed magic is not used: the version alone shows the byte order.
        Bytes("GGUF"u8);
        UInt32((uint)version);
        Length(tensors);
        Length(entries);
    }

    public void Tensor(GgufTensor tensor, long offset)
    {
        Text(tensor.Name);
        UInt32((uint)tensor.Shape.Length);
        foreach (var elements in tensor.Shape)
            Length(elements);
        UInt32((uint)tensor.Type.Id);
        UInt64((ulong)offset);
    }

    public void PadTo(long alignment)
    {
        Span<byte> zeros = stackalloc byte[64];
        zeros.Clear();
        for (var rest = (int)((alignment - (Written % alignment)) % alignment); rest > 0; rest -= Math.Min(rest, zeros.Length))
            Bytes(zeros[..Math.Min(rest, zeros.Length)]);
    }
}
