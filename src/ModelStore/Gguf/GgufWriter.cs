using System.Buffers.Binary;
using System.Text;

namespace ModelOps.ModelStore.Gguf;

/// <summary>Writes the pieces of a GGUF file to a stream, in one byte order and version.</summary>
internal sealed class GgufWriter(Stream target, int version, bool bigEndian)
{
    private const int PieceSize = 1 << 20;

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

    /// <summary>A metadata entry with the value that another file of the same byte order and version has.</summary>
    public void Entry(FileStream source, GgufEntry entry, CancellationToken cancellationToken)
    {
        Text(entry.Key);
        UInt32((uint)entry.Type);
        if (entry.Type == GgufValueType.Array)
        {
            UInt32((uint)entry.ElementType);
            Length(entry.Count);
        }
        else if (entry.Type == GgufValueType.Text)
        {
            Length(entry.Length);
        }

        Copy(source, entry.Offset, entry.Length, cancellationToken);
    }

    /// <summary>Bytes of another file.</summary>
    public void Copy(FileStream source, long offset, long size, CancellationToken cancellationToken)
    {
        var piece = new byte[(int)Math.Min(PieceSize, size)];
        source.Position = offset;
        for (var rest = size; rest > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = source.Read(piece, 0, (int)Math.Min(piece.Length, rest));
            if (read == 0)
                throw new StoreException(new StoreFailure.Changed($"{source.Name} became shorter while it was read"), source.Name);
            Bytes(piece.AsSpan(0, read));
            rest -= read;
        }
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
