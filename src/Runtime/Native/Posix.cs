using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>The few system calls that .NET has no method for.</summary>
internal static unsafe partial class Posix
{
    private const int SetParentDeathSignal = 1;
    private const int Kill = 9;

    /// <summary>
    /// Asks the kernel to end this process when the thread that started it is gone. Does nothing where the kernel cannot.
    /// </summary>
    internal static void DieWithParent()
    {
        if (OperatingSystem.IsLinux())
            _ = prctl(SetParentDeathSignal, Kill, 0, 0, 0);
    }

    /// <summary>Gives freed memory of the native heap back to the system.</summary>
    internal static void TrimHeap()
    {
        try
        {
            if (OperatingSystem.IsLinux())
                _ = malloc_trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Not every C library has it.
        }
    }

    /// <summary>Numbers of the processors that the calling thread may use; empty where the system does not report them.</summary>
    internal static IReadOnlyList<int> Processors()
    {
        if (!OperatingSystem.IsLinux())
            return [];

        const int bytes = GgmlThreadPoolParams.MaxThreads / 8;
        var mask = stackalloc byte[bytes];
        new Span<byte>(mask, bytes).Clear();
        return sched_getaffinity(0, bytes, mask) < 0
            ? []
            : [.. Enumerable.Range(0, bytes * 8).Where(processor => (mask[processor / 8] & (1 << (processor % 8))) != 0)];
    }

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint argument, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint pad);

    [LibraryImport("libc")]
    private static partial int sched_getaffinity(int thread, nuint bytes, byte* mask);
}
