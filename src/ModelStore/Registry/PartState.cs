using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace ModelOps.ModelStore.Registry;

/// <summary>
/// One part of a blob that is being fetched and how far it is; its file is the reference's, so either resumes what the other began.
/// </summary>
internal sealed class PartState(int number, long offset, long size, long completed)
{
    // Room for four numbers of any length. The file is always written whole and in one piece, so a kill leaves the old text or the new.
    private const int FileLength = 128;

    private long _completed = completed;

    public int Number { get; } = number;

    public long Offset { get; } = offset;

    public long Size { get; } = size;

    public long Completed => Volatile.Read(ref _completed);

    public long Next => Offset + Completed;

    public long End => Offset + Size;

    public long Remaining => Size - Completed;

    public bool IsDone => Remaining == 0;

    /// <summary>Begins the part anew.</summary>
    public void Restart() => Volatile.Write(ref _completed, 0);

    public void Advance(int bytes) => Interlocked.Add(ref _completed, bytes);

    /// <summary>Notes how far the part is. What it claims must be in the file already.</summary>
    public void Record(SafeFileHandle file)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture, $"{{\"N\":{Number},\"Offset\":{Offset},\"Size\":{Size},\"Completed\":{Completed}}}");
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(text.PadRight(FileLength - 1) + "\n"), 0);
    }

    /// <summary>Reads the file of a part; null when it is not such a file.</summary>
    public static PartState? Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            var part = new PartState(
                root.GetProperty("N").GetInt32(), root.GetProperty(nameof(Offset)).GetInt64(),
                root.GetProperty(nameof(Size)).GetInt64(), root.GetProperty(nameof(Completed)).GetInt64());
            return part.Offset >= 0 && part.Size > 0 && part.Completed >= 0 && part.Completed <= part.Size ? part : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException
            or KeyNotFoundException or FormatException or IOException)
        {
            return null;
        }
    }

    /// <summary>Cuts a blob into parts: sixteen, but none smaller or larger than it may be.</summary>
    public static IReadOnlyList<PartState> Plan(long total, RegistryOptions options)
    {
        var size = Math.Clamp(total / 16, options.SmallestPart, options.LargestPart);
        var parts = new List<PartState>();
        for (var offset = 0L; offset < total; offset += size)
            parts.Add(new PartState(parts.Count, offset, Math.Min(size, total - offset), 0));
        return parts;
    }

    /// <summary>Whether parts, in order, make up exactly a blob.</summary>
    public static bool Cover(IReadOnlyList<PartState> parts, long total)
    {
        var end = 0L;
        for (var index = 0; index < parts.Count; end = parts[index++].End)
        {
            if (parts[index].Number != index || parts[index].Offset != end || parts[index].Size > total - end)
                return false;
        }

        return end == total;
    }
}
