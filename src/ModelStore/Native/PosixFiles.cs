using System.Runtime.InteropServices;

namespace ModelOps.ModelStore.Native;

/// <summary>
/// The few calls to the C library that .NET has no method for. They do nothing on Windows, whose rename is durable enough.
/// </summary>
internal static partial class PosixFiles
{
    private const string Library = "libc";
    private const int ReadOnly = 0;
    private const nuint CloneRequest = 0x40049409;
    private const uint StartWrites = 2;

    /// <summary>Writes a folder's own entries through to the disk, so that a rename in it survives a power cut.</summary>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = open(folder, ReadOnly);
        if (descriptor < 0)
            return;
        fsync(descriptor);
        close(descriptor);
    }

    /// <summary>Makes a file share the blocks of another, where the file system can. The target must be empty.</summary>
    public static bool TryClone(SafeHandle source, SafeHandle target)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        return ioctl(target, CloneRequest, source.DangerousGetHandle().ToInt32()) == 0;
    }

    /// <summary>
    /// Lets the disk begin to write a piece of a file, so that little is left to wait for when the file is written through.
    /// </summary>
    public static void StartWriteBack(SafeHandle file, long offset, long bytes)
    {
        if (OperatingSystem.IsLinux())
            sync_file_range(file, offset, bytes, StartWrites);
    }

    /// <summary>Gives a file a second name.</summary>
    public static bool TryLink(string existing, string created) => !OperatingSystem.IsWindows() && link(existing, created) == 0;

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport(Library)]
    private static partial void fsync(int descriptor);

    [LibraryImport(Library)]
    private static partial void close(int descriptor);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string created);

    [LibraryImport(Library)]
    private static partial int ioctl(SafeHandle target, nuint request, int source);

    [LibraryImport(Library)]
    private static partial void sync_file_range(SafeHandle file, long offset, long bytes, uint flags);
}
