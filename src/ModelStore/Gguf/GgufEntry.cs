namespace ModelOps.ModelStore.Gguf;

/// <summary>One metadata entry. Numbers are here; long texts and arrays stay in the file.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Type">Type of the value.</param>
/// <param name="ElementType">Type of the elements of an array; else the same as <paramref name="Type"/>.</param>
/// <param name="Count">Elements of an array; else 1.</param>
/// <param name="Offset">Where the text or the first element begins in the file.</param>
/// <param name="Length">Bytes of the text or of the whole array.</param>
/// <param name="Bits">The number's bits, as they are in the file, in our byte order.</param>
public sealed record GgufEntry(
    string Key, GgufValueType Type, GgufValueType ElementType, long Count, long Offset, long Length, ulong Bits)
{
    /// <summary>The value as a whole number; null when it is not one or does not fit.</summary>
    public long? Integer => Type == GgufValueType.Array ? null : ToInteger(Type, Bits);

    /// <summary>The value as a floating-point number; null when it is neither a whole nor a real number.</summary>
    public double? Number => Type switch
    {
        GgufValueType.Float32 => BitConverter.UInt32BitsToSingle((uint)Bits),
        GgufValueType.Float64 => BitConverter.UInt64BitsToDouble(Bits),
        GgufValueType.UInt64 => Bits,
        _ => Integer,
    };

    /// <summary>The value as a flag; null when it is not one.</summary>
    public bool? Flag => Type == GgufValueType.Boolean ? Bits != 0 : null;

    internal static long? ToInteger(GgufValueType type, ulong bits) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.UInt16 or GgufValueType.UInt32 or GgufValueType.Boolean => (long)bits,
        GgufValueType.Int8 => (sbyte)bits,
        GgufValueType.Int16 => (short)bits,
        GgufValueType.Int32 => (int)bits,
        GgufValueType.Int64 => (long)bits,
        GgufValueType.UInt64 => bits <= long.MaxValue ? (long)bits : null,
        _ => null,
    };
}
