using System.Collections.Immutable;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Gguf;

/// <summary>
/// The header of a GGUF file: its metadata and its table of tensors. Checked against the file's bounds; tensor data is never read.
/// </summary>
public sealed class GgufFile
{
    private readonly Dictionary<string, GgufEntry> _entries;

    internal GgufFile(GgufHeader header, IReadOnlyList<GgufEntry> metadata, ImmutableArray<GgufTensor> tensors)
    {
        Header = header;
        Metadata = metadata;
        Tensors = tensors;
        _entries = metadata.ToDictionary(entry => entry.Key, StringComparer.Ordinal);
    }

    /// <summary>Where the file lies.</summary>
    public string Path => Header.Path;

    /// <summary>Version of the format: 1, 2 or 3.</summary>
    public int Version => Header.Version;

    /// <summary>Whether numbers are stored with the high byte first.</summary>
    public bool IsBigEndian => Header.BigEndian;

    /// <summary>Bytes of the file.</summary>
    public long Length => Header.Length;

    /// <summary>Where tensor data begins.</summary>
    public long DataOffset => Header.DataOffset;

    /// <summary>Multiple at which every tensor begins.</summary>
    public long Alignment => Header.Alignment;

    /// <summary>Metadata in file order.</summary>
    public IReadOnlyList<GgufEntry> Metadata { get; }

    /// <summary>Tensors in file order.</summary>
    public ImmutableArray<GgufTensor> Tensors { get; }

    /// <summary><c>general.architecture</c>, or empty.</summary>
    public string Architecture => Text("general.architecture") ?? "";

    internal GgufHeader Header { get; }

    /// <summary>Reads and checks a header.</summary>
    /// <exception cref="StoreException">Invalid: not a GGUF file (the message says what it is instead); Damaged: it is a broken one;
    /// Unreadable.</exception>
    public static GgufFile Read(string path) => Read(path, System.IO.Path.GetFileName(path));

    /// <summary>The same for a file that its user knows by another name than its path's, such as a blob.</summary>
    public static GgufFile Read(string path, string name)
    {
        try
        {
            using var handle = RegularFile.Open(path);
            return new GgufReader(new GgufScanner(handle, RandomAccess.GetLength(handle), name), path).Read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StoreException.Unreadable($"{name} cannot be read: {error.Message}", path, error);
        }
    }

    /// <summary>Reads the header of a file of which only the beginning is here; null when it goes on after that.</summary>
    /// <param name="path">The beginning.</param>
    /// <param name="name">How its user knows the file.</param>
    /// <param name="length">Bytes of the whole file.</param>
    /// <param name="present">Bytes that are here.</param>
    /// <exception cref="StoreException">As <see cref="Read(string)"/>.</exception>
    internal static GgufFile? ReadBeginning(string path, string name, long length, long present)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var file = new GgufReader(new GgufScanner(handle, length, name), path).Read();
            return Math.Min(file.DataOffset, length) <= present ? file : null;
        }
        catch (EndOfStreamException) when (present < length)
        {
            return null;
        }
    }

    /// <summary>
    /// The entry, or null. A key that begins neither with <c>general.</c> nor with <c>tokenizer.</c> gets the architecture before it.
    /// </summary>
    public GgufEntry? Find(string key) =>
        _entries.GetValueOrDefault(key)
        ?? (IsGlobal(key) ? null : _entries.GetValueOrDefault($"{Architecture}.{key}"));

    /// <summary>A whole number, or null.</summary>
    public long? Integer(string key) => Find(key)?.Integer;

    /// <summary>A number, or null.</summary>
    public double? Number(string key) => Find(key)?.Number;

    /// <summary>A flag, or null.</summary>
    public bool? Flag(string key) => Find(key)?.Flag;

    /// <summary>A text, or null. Read from the file when asked for.</summary>
    public string? Text(string key) =>
        _entries.GetValueOrDefault(key) is { Type: GgufValueType.Text } entry ? GgufValues.Text(this, entry)
        : IsGlobal(key) || _entries.GetValueOrDefault($"{Architecture}.{key}") is not { Type: GgufValueType.Text } own ? null
        : GgufValues.Text(this, own);

    /// <summary>The whole numbers of an array, or of one number as an array of one; empty when absent or of another type.</summary>
    public ImmutableArray<long> Integers(string key) => Find(key) is { } entry ? GgufValues.Integers(this, entry) : [];

    private static bool IsGlobal(string key) =>
        key.StartsWith("general.", StringComparison.Ordinal) || key.StartsWith("tokenizer.", StringComparison.Ordinal);
}
