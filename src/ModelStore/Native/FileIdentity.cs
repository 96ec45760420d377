using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ModelOps.ModelStore.Native;

/// <summary>What changes when a file is replaced or edited.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedTicks">Time of the last change of the content, in ticks of .NET, UTC.</param>
/// <param name="Inode">Number of the file on its file system; 0 where it has none.</param>
/// <param name="Device">Number of its file system.</param>
public readonly partial record struct FileIdentity(long Size, long ModifiedTicks, ulong Inode, ulong Device)
{
    private const int CurrentFolder = -100;
    private const uint BasicFields = 0x7ff;
    private const int StatusSize = 256;
    private const int RegularFileType = 8;

    /// <summary>Of a file as it is now; links are followed.</summary>
    public static FileIdentity Of(string path)
    {
        Span<byte> status = stackalloc byte[StatusSize];
        if (!OperatingSystem.IsLinux() || statx(CurrentFolder, path, 0, BasicFields, status) != 0)
        {
            // Of a link this is the length of the link; what follows it says whether it leads anywhere.
            var file = File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
            return new(file.Length, file.LastWriteTimeUtc.Ticks, 0, 0);
        }

        return Read(status);
    }

    /// <summary>
    /// Of a regular file, with the time at which the file system saw the last change of it, which no program can set; null where there is
    /// no such file or no such time.
    /// </summary>
    internal static (FileIdentity Identity, DateTimeOffset Seen)? StampOf(string path)
    {
        Span<byte> status = stackalloc byte[StatusSize];
        if (!OperatingSystem.IsLinux() || statx(CurrentFolder, path, 0, BasicFields, status) != 0
            || BinaryPrimitives.ReadUInt16LittleEndian(status[28..]) >> 12 != RegularFileType)
        {
            return null;
        }

        return (Read(status), new DateTimeOffset(TicksOf(status[96..]), TimeSpan.Zero));
    }

    /// <summary>How many names the file has on its file system; 1 where that is not known.</summary>
    internal static uint NamesOf(string path)
    {
        Span<byte> status = stackalloc byte[StatusSize];
        return OperatingSystem.IsLinux() && statx(CurrentFolder, path, 0, BasicFields, status) == 0
            ? BinaryPrimitives.ReadUInt32LittleEndian(status[16..])
            : 1;
    }

    // struct statx of linux/stat.h: the inode stands at 32, the size at 40, the last change of anything at 96, that of the content at 112,
    // the device's two numbers at 136.
    private static FileIdentity Read(ReadOnlySpan<byte> status) => new(
        BinaryPrimitives.ReadInt64LittleEndian(status[40..]),
        TicksOf(status[112..]),
        BinaryPrimitives.ReadUInt64LittleEndian(status[32..]),
        BinaryPrimitives.ReadUInt64LittleEndian(status[136..]));

    private static long TicksOf(ReadOnlySpan<byte> time) => DateTime.UnixEpoch.Ticks
        + (BinaryPrimitives.ReadInt64LittleEndian(time) * TimeSpan.TicksPerSecond)
        + (BinaryPrimitives.ReadUInt32LittleEndian(time[8..]) / TimeSpan.NanosecondsPerTick);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, Span<byte> status);
}
