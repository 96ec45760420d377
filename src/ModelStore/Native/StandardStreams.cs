using System.Runtime.InteropServices;

namespace ModelOps.ModelStore.Native;

/// <summary>Standard input, output and error as a process may really get them: closed, full, or gone.</summary>
/// <remarks>
/// A parent process can close these three. The number then goes to the next file that is opened, and a line meant for people
/// would be written into a database. So an unused number is filled before anything else is opened, and one that the runtime has taken
/// is left alone.
/// </remarks>
public static partial class StandardStreams
{
    private const int GetFlags = 1;
    private const int CloseOnExec = 1;
    private const int ReadWrite = 2;
    private const short Failed = 8;
    private const short HungUp = 16;

    /// <summary>What is closed: by index input, output, error. Call once, first of all.</summary>
    public static bool[] Claim()
    {
        var closed = new bool[3];
        if (OperatingSystem.IsWindows())
            return closed;
        for (var number = 0; number < closed.Length; number++)
        {
            var flags = fcntl(number, GetFlags);

            // A stream that was handed over cannot have this flag, since it came through an exec; all that the runtime opens has it.
            closed[number] = flags < 0 || (flags & CloseOnExec) != 0;
            if (flags < 0)
                open("/dev/null", ReadWrite);
        }

        return closed;
    }

    /// <summary>
    /// The reader of standard output is gone: the other end of its pipe or socket was closed. The runtime silently loses what is written
    /// there.
    /// </summary>
    public static bool ReaderLeft()
    {
        if (OperatingSystem.IsWindows())
            return false;
        var output = new PollEntry { Descriptor = 1 };
        return poll(ref output, 1, 0) > 0 && (output.Found & (Failed | HungUp)) != 0;
    }

    [LibraryImport("libc")]
    private static partial int poll(ref PollEntry entries, nuint count, int milliseconds);

    [LibraryImport("libc")]
    private static partial int fcntl(int descriptor, int command);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void open(string path, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        internal int Descriptor;
        internal short Asked;
        internal short Found;
    }
}
