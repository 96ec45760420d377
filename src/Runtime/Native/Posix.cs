using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>The few system calls that .NET has no method for.</summary>
internal static partial class Posix
{
    private const int SetParentDeathSignal = 1;
    private const int Kill = 9;

    /// <summary>Asks the kernel to end this process when the thread that started it is gone. Does nothing where there is no such thing.</summary>
    internal static void DieWithParent()
    {
        if (OperatingSystem.IsLinux())
            _ = prctl(SetParentDeathSignal, Kill, 0, 0, 0);
    }

    /// <summary>Ends the process at once, without waiting for threads that compute.</summary>
    internal static void ExitNow(int code)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
            _exit(code);
        else
            Environment.Exit(code);
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

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint argument, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc")]
    private static partial void _exit(int code);

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint pad);
}
