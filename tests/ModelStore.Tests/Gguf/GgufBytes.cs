using System.Buffers.Binary;
using System.Text;

namespace ModelOps.ModelStore.Tests.Gguf;

/// <summary>Writes GGUF files by hand, right and wrong ones.</summary>
internal sealed class GgufBytes(int version = 3, bool bigEndian = false)
{
    private readonly List<(string Key, byte[] Value)> _entries = [];
    private readonly List<(string Name, long[] Shape, uint Type, ulong Offset)> _tensors = [];

    private byte[] _tail = [];

    public ulong? ClaimedTensors { get; init; }

    public ulong? ClaimedEntries { get; init; }

    public int DataBytes { get; init; }

    public long Alignment { get; init; } = 32;

    public static GgufBytes Llama(int version = 3, bool bigEndian = false, int dataBytes = 0) =>
        new GgufBytes(version, bigEndian) { DataBytes = dataBytes }.Text("general.architecture", "llama");

    public GgufBytes Text(string key, string text) =>
        Raw(key, 8, [.. Length((ulong)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)]);

    public GgufBytes UInt32(string key, uint value) => Raw(key, 4, U32(value));

    public GgufBytes UInt64(string key, ulong value) => Raw(key, 10, U64(value));

    public GgufBytes Flag(string key, bool value) => Raw(key, 7, [value ? (byte)1 : (byte)0]);

    public GgufBytes Float32(string key, float value) => Raw(key, 6, U32(BitConverter.SingleToUInt32Bits(value)));

    public GgufBytes Texts(string key, params string[] texts) =>
        Raw(key, 9, [.. U32(8), .. Length((ulong)texts.Length), .. texts.SelectMany(text =>
            Length((ulong)Encoding.UTF8.GetByteCount(text)).Concat(Encoding.UTF8.GetBytes(text)))]);

    public GgufBytes Int32s(string key, params int[] values) =>
        Raw(key, 9, [.. U32(5), .. Length((ulong)values.Length), .. values.SelectMany(value => U32((uint)value))]);

    public GgufBytes Flags(string key, params bool[] values) =>
        Raw(key, 9, [.. U32(7), .. Length((ulong)values.Length), .. values.Select(value => value ? (byte)1 : (byte)0)]);

    /// <summary>Any value: its type and its bytes.</summary>
    public GgufBytes Raw(string key, uint type, byte[] value)
    {
        _entries.Add((key, [.. U32(type), .. value]));
        return this;
    }

    public GgufBytes Tensor(string name, uint type, ulong offset, params long[] shape)
    {
        _tensors.Add((name, shape, type, offset));
        return this;
    }

    /// <summary>A length instead of a first entry.</summary>
    public GgufBytes RawTail(long length)
    {
        _tail = U64((ulong)length);
        return this;
    }

    public byte[] Build()
    {
        List<byte> file =
        [
            .. "GGUF"u8, .. U32((uint)version), .. Length(ClaimedTensors ?? (ulong)_tensors.Count),
            .. Length(ClaimedEntries ?? (ulong)_entries.Count),
        ];
        file.AddRange(_tail);
        foreach (var (key, value) in _entries)
            file.AddRange([.. Length((ulong)Encoding.UTF8.GetByteCount(key)), .. Encoding.UTF8.GetBytes(key), .. value]);
        foreach (var (name, shape, type, offset) in _tensors)
        {
            file.AddRange([
                .. Length((ulong)name.Length), .. Encoding.UTF8.GetBytes(name), .. U32((uint)shape.Length),
                .. shape.SelectMany(elements => Length((ulong)elements)), .. U32(type), .. U64(offset)]);
        }

        while (file.Count % Alignment != 0)
            file.Add(0);
        file.AddRange(new byte[DataBytes]);
        return [.. file];
    }

    public string Save(string path)
    {
        File.WriteAllBytes(path, Build());
        return path;
    }

    public byte[] U32(uint value)
    {
        var bytes = new byte[4];
        if (bigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    public byte[] U64(ulong value)
    {
        var bytes = new byte[8];
        if (bigEndian)
            BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    public byte[] Length(ulong value) => version == 1 ? U32((uint)value) : U64(value);
}
