using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ModelOps.ModelStore.Native;

/// <summary>What changes when a file is replaced or edited.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedTicks">Time of the last change of the content, in ticks of .NET, UTC.</param>
/// <param name="Inode">Number of the file on its file system; 0 where there is none to be had.</param>
/// <param name="Device">Number of its file system.</param>
public readonly partial record struct FileIdentity(long Size, long ModifiedTicks, ulong Inode, ulong Device)
{
    private const int CurrentFolder = -100;
    private const uint BasicFields = 0x7ff;
    private const int StatusSize = 256;

    /// <summary>Of a file as it is now; links are followed.</summary>
    public static FileIdentity Of(string path)
    {
        var file = new FileInfo(path);
        var (size, modified) = (file.Length, file.LastWriteTimeUtc.Ticks);
        if (!OperatingSystem.IsLinux())
            return new(size, modified, 0, 0);

        Span<byte> status = stackalloc byte[StatusSize];
        if (statx(CurrentFolder, path, 0, BasicFields, status) != 0)
            return new(size, modified, 0, 0);

        // struct statx of linux/stat.h: the inode stands at 32, the device's two numbers at 136.
        return new(
            size, modified, BinaryPrimitives.ReadUInt64LittleEndian(status[32..]), BinaryPrimitives.ReadUInt64LittleEndian(status[136..]));
    }

    /// <summary>How many names the file has on its file system; 1 where that is not known.</summary>
    internal static uint NamesOf(string path)
    {
        Span<byte> status = stackalloc byte[StatusSize];
        return OperatingSystem.IsLinux() && statx(CurrentFolder, path, 0, BasicFields, status) == 0
            ? BinaryPrimitives.ReadUInt32LittleEndian(status[16..])
            : 1;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, Span<byte> status);
}
