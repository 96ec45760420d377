using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ModelOps.ModelStore.Native;

/// <summary>
/// The one way to open a file that a user or client named. Opening a pipe or reading a device may never end, and a socket never
/// answers, so only regular files are read; links to them are followed.
/// </summary>
public static partial class RegularFile
{
    /// <summary>Bytes that a text (a Modelfile, a configuration, a key) has at most: 64 MiB.</summary>
    public const long LongestText = 64 << 20;

    // open(2) of Linux: read, do not wait for the other end of a pipe, no terminal of ours, not for children.
    private const int ReadAtOnce = 0x800 | 0x100 | 0x80000;
    private const int CurrentFolder = -100;
    private const int OfHandle = 0x1000;
    private const uint TypeField = 1;
    private const int StatusSize = 256;
    private const int ReadsInOrder = 2;

    /// <summary>Opens a file for reading, without ever waiting.</summary>
    /// <exception cref="IOException">It is no regular file (the message says what it is), it is not there, or it cannot be
    /// read.</exception>
    /// <exception cref="UnauthorizedAccessException">We may not read it.</exception>
    public static SafeFileHandle Open(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.OpenHandle(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }

        // Opening a device may already have an effect, so the name is checked first; the open file is checked as well.
        Require(path, KindOf(CurrentFolder, path, 0));
        var descriptor = open(path, ReadAtOnce);
        if (descriptor < 0)
        {
            return File.OpenHandle(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            Require(path, KindOf(descriptor, "", OfHandle));
            posix_fadvise(descriptor, 0, 0, ReadsInOrder);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The same as a stream.</summary>
    public static FileStream OpenRead(string path) => new(Open(path), FileAccess.Read, bufferSize: 0);

    /// <summary>The whole content of a small file.</summary>
    /// <exception cref="IOException">As of <see cref="Open"/>, and when it has more bytes than <paramref name="limit"/>.</exception>
    public static byte[] ReadAllBytes(string path, long limit = LongestText)
    {
        using var file = Open(path);

        // What a file says of its length is a beginning only: those of /proc say 0, and others grow while they are read. Most are a few
        // hundred bytes, and many are read in a row, so nothing larger than that is taken for them.
        var buffer = new byte[(int)Math.Min(RandomAccess.GetLength(file), limit) + 1];
        var count = 0;
        for (var read = RandomAccess.Read(file, buffer, 0); read > 0; read = RandomAccess.Read(file, buffer.AsSpan(count), count))
        {
            count += read;
            if (count > limit)
                throw new IOException($"{path} has more than the {limit >> 20} MiB that are read of such a file");
            if (count == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(Math.Max(4096, 2L * count), limit + 1));
        }

        return buffer[..count];
    }

    /// <summary>
    /// What a path is when it is there and no regular file, such as "a named pipe"; null for a regular file and for nothing at all.
    /// </summary>
    public static string? OtherKindOf(string path) =>
        OperatingSystem.IsLinux() ? KindOf(CurrentFolder, path, 0) : Directory.Exists(path) ? "a folder" : null;

    private static void Require(string path, string? otherKind)
    {
        if (otherKind is not null)
            throw new IOException($"{path} is {otherKind}; only regular files are read");
    }

    private static string? KindOf(int folder, string path, int flags)
    {
        Span<byte> status = stackalloc byte[StatusSize];
        if (statx(folder, path, flags, TypeField, status) != 0)
            return null;

        // struct statx of linux/stat.h: the mode stands at 28, with the type in its upper four bits.
        return (BinaryPrimitives.ReadUInt16LittleEndian(status[28..]) >> 12) switch
        {
            0x8 => null,
            0x1 => "a named pipe",
            0x2 or 0x6 => "a device",
            0x4 => "a folder",
            0xC => "a socket",
            _ => "no regular file",
        };
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc")]
    private static partial void posix_fadvise(int descriptor, long offset, long length, int advice);
}
