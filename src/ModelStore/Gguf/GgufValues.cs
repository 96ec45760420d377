using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Gguf;

/// <summary>Reads long values from the file when they are asked for.</summary>
public static class GgufValues
{
    // An array with more elements than this is not a list of layers.
    private const long MostIntegers = 65_536;

    /// <summary>The text of a text entry.</summary>
    public static string Text(GgufFile file, GgufEntry entry)
    {
        using var handle = Open(file);
        return Encoding.UTF8.GetString(ReadBytes(handle, entry.Offset, (int)entry.Length));
    }

    /// <summary>Whole numbers of an array or of one number; empty for other types and for arrays beyond any list of layers.</summary>
    public static ImmutableArray<long> Integers(GgufFile file, GgufEntry entry)
    {
        if (entry.Integer is { } single)
            return [single];
        var size = entry.ElementType.FixedSize();
        if (entry.Type != GgufValueType.Array || size == 0 || entry.Count > MostIntegers
            || entry.ElementType is GgufValueType.Float32 or GgufValueType.Float64)
        {
            return [];
        }

        using var handle = Open(file);
        var bytes = ReadBytes(handle, entry.Offset, (int)entry.Length);
        var numbers = ImmutableArray.CreateBuilder<long>((int)entry.Count);
        for (var index = 0; index < entry.Count; index++)
            numbers.Add(GgufEntry.ToInteger(entry.ElementType, Bits(bytes.AsSpan(index * size, size), file.IsBigEndian)) ?? 0);
        return numbers.MoveToImmutable();
    }

    /// <summary>Calls back with every element of an array: its type, its bits, and its text when it is one. Reads in pieces.</summary>
    public static void ForEach(GgufFile file, GgufEntry entry, Action<GgufValueType, ulong, string?> visit)
    {
        using var handle = Open(file);
        var scanner = new GgufScanner(handle, file.Length, Path.GetFileName(file.Path)) { BigEndian = file.IsBigEndian };
        scanner.Skip(entry.Offset, entry.Key);
        var size = entry.ElementType.FixedSize();
        for (var index = 0L; index < entry.Count; index++)
        {
            if (entry.ElementType == GgufValueType.Text)
                visit(entry.ElementType, 0, scanner.ReadText((int)scanner.ReadBits(file.Version == 1 ? 4 : 8, entry.Key), entry.Key));
            else if (size > 0)
                visit(entry.ElementType, scanner.ReadBits(size, entry.Key), null);
        }
    }

    private static ulong Bits(ReadOnlySpan<byte> bytes, bool bigEndian) => (bytes.Length, bigEndian) switch
    {
        (1, _) => bytes[0],
        (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (2, true) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        (4, false) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (4, true) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        (_, false) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        (_, true) => BinaryPrimitives.ReadUInt64BigEndian(bytes),
    };

    private static SafeFileHandle Open(GgufFile file) =>
        RegularFile.Open(file.Path);

    private static byte[] ReadBytes(SafeFileHandle handle, long offset, int length)
    {
        var bytes = new byte[length];
        var done = 0;
        while (done < length && RandomAccess.Read(handle, bytes.AsSpan(done), offset + done) is > 0 and var read)
            done += read;
        return bytes;
    }
}
