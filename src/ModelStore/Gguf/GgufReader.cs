
namespace ModelOps.ModelStore.Gguf;

/// <summary>Reads one header: everything that a file claims is checked against what it has before it is believed.</summary>
internal sealed class GgufReader(GgufScanner scanner, string path)
{
    private const int NewestVersion = 3;
    private const long DefaultAlignment = 32;

    private int _version;

    public GgufFile Read()
    {
        ReadVersion();
        var tensorCount = ReadCount("the number of tensors", GgufLimits.Tensors, smallest: 16 + (2 * LengthBytes), "tensors");
        var entryCount = ReadCount("the number of metadata entries", GgufLimits.Entries, smallest: 5 + LengthBytes, "metadata entries");

        var metadata = ReadMetadata(entryCount);
        var alignment = Alignment(metadata);
        var tensors = new GgufTensorTable(scanner, _version, alignment).Read(tensorCount, out var dataOffset);
        return new GgufFile(new GgufHeader(path, _version, scanner.BigEndian, scanner.Length, dataOffset, alignment), metadata, tensors);
    }

    // Version 1 counts with 32 bits, all others with 64.
    private int LengthBytes => _version == 1 ? 4 : 8;

    private void ReadVersion()
    {
        if (scanner.Length < 4)
            throw GgufForeign.Explain(scanner.File, path);
        var magic = scanner.ReadUInt32("the magic number");
        if (magic is not (0x46554747 or 0x47475546))
            throw GgufForeign.Explain(scanner.File, path);

        // Files for machines with the high byte first carry either the reversed magic, or the usual one before a reversed version.
        scanner.BigEndian = magic == 0x47475546;
        var version = scanner.ReadUInt32("the version");
        if (!scanner.BigEndian && (version & 0xFFFF) == 0 && version != 0)
        {
            scanner.BigEndian = true;
            version = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(version);
        }

        if (version is 0 or > NewestVersion)
            throw scanner.Broken($"its version is {version}, and versions 1 to {NewestVersion} are known");
        _version = (int)version;
    }

    private long ReadCount(string what, long most, int smallest, string things)
    {
        var count = scanner.ReadBits(LengthBytes, what);
        if (count > (ulong)most)
            throw scanner.Broken($"it claims {count} {things}, and at most {most} are allowed");
        if ((long)count > scanner.Remaining / smallest)
            throw scanner.Broken($"it claims {count} {things}, and only {scanner.Remaining} bytes follow");
        return (long)count;
    }

    private List<GgufEntry> ReadMetadata(long count)
    {
        var entries = new List<GgufEntry>((int)Math.Min(count, 256));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var budget = GgufLimits.AllKeyBytes;
        for (var index = 0L; index < count; index++)
        {
            var key = ReadKey(index, ref budget);
            if (!seen.Add(key))
                throw scanner.Broken($"the metadata key \"{key}\" is there twice");
            entries.Add(ReadEntry(key));
        }

        return entries;
    }

    private string ReadKey(long index, ref long budget)
    {
        var size = scanner.ReadBits(LengthBytes, $"metadata entry {index + 1}");
        if (size is 0 or > (ulong)GgufLimits.KeyBytes)
            throw scanner.Broken($"metadata entry {index + 1} has a key of {size} bytes");
        budget -= (long)size;
        if (budget < 0)
            throw scanner.Broken("its metadata keys are too long in all");
        return scanner.ReadText((int)size, $"the key of metadata entry {index + 1}");
    }

    private GgufEntry ReadEntry(string key)
    {
        var type = ReadType(key);
        if (type.FixedSize() is > 0 and var size)
            return new(key, type, type, 1, scanner.Position, size, scanner.ReadBits(size, Value(key)));
        if (type == GgufValueType.Text)
        {
            var length = ReadTextLength(key);
            var text = new GgufEntry(key, type, type, 1, scanner.Position, length, 0);
            scanner.Skip(length, Value(key));
            return text;
        }

        var (element, count) = ReadArrayHead(key);
        var start = scanner.Position;
        SkipElements(key, element, count, depth: 1);
        return new(key, type, element, count, start, scanner.Position - start, 0);
    }

    private GgufValueType ReadType(string key)
    {
        var type = scanner.ReadUInt32($"the type of \"{key}\"");
        return type <= (uint)GgufValueType.Float64
            ? (GgufValueType)type
            : throw scanner.Broken($"the value of \"{key}\" has the unknown type {type}");
    }

    private long ReadTextLength(string key)
    {
        var length = scanner.ReadBits(LengthBytes, Value(key));
        return length <= (ulong)GgufLimits.TextBytes
            ? (long)length
            : throw scanner.Broken($"a text of \"{key}\" is {length} bytes long, and at most {GgufLimits.TextBytes} are allowed");
    }

    private (GgufValueType Element, long Count) ReadArrayHead(string key)
    {
        var element = ReadType(key);
        var count = scanner.ReadBits(LengthBytes, Value(key));
        if (count > (ulong)GgufLimits.ArrayElements)
            throw scanner.Broken($"the array \"{key}\" claims {count} elements, and at most {GgufLimits.ArrayElements} are allowed");
        var smallest = element.FixedSize() is > 0 and var size ? size : element == GgufValueType.Text ? LengthBytes : 4 + LengthBytes;
        return (long)count <= scanner.Remaining / smallest
            ? (element, (long)count)
            : throw scanner.Broken($"the array \"{key}\" claims {count} elements, and only {scanner.Remaining} bytes follow");
    }

    private void SkipElements(string key, GgufValueType element, long count, int depth)
    {
        if (depth > GgufLimits.ArrayDepth)
            throw scanner.Broken($"the arrays of \"{key}\" are nested too deep");
        if (element.FixedSize() is > 0 and var size)
        {
            scanner.Skip(count * size, Value(key));
            return;
        }

        for (var index = 0L; index < count; index++)
        {
            if (element == GgufValueType.Text)
            {
                scanner.Skip(ReadTextLength(key), Value(key));
            }
            else
            {
                var (inner, innerCount) = ReadArrayHead(key);
                SkipElements(key, inner, innerCount, depth + 1);
            }
        }
    }

    private long Alignment(List<GgufEntry> metadata)
    {
        if (metadata.Find(entry => entry.Key == "general.alignment") is not { } entry)
            return DefaultAlignment;
        return entry.Integer is > 0 and <= GgufLimits.Alignment and var alignment && long.IsPow2(alignment)
            ? alignment
            : throw scanner.Broken(
                $"general.alignment is {entry.Integer?.ToString() ?? "no number"}, and must be a power of two up to "
                + $"{GgufLimits.Alignment}");
    }

    private static string Value(string key) => $"the value of \"{key}\"";
}
