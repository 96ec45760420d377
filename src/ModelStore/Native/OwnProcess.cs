using System.Runtime.InteropServices;

namespace ModelOps.ModelStore.Native;

/// <summary>Calls about this process itself that .NET has no method for.</summary>
public static partial class OwnProcess
{
    private const int GroupAndOthers = 0x3F;

    /// <summary>Ends the process at once, whatever its threads are doing.</summary>
    public static void ExitNow(int code)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
            _exit(code);
        else
            Environment.Exit(code);
    }

    /// <summary>
    /// From now on, what this process and its children make is for this user only, unless it is opened to others on purpose.
    /// </summary>
    public static void KeepFilesPrivate()
    {
        if (!OperatingSystem.IsWindows())
            umask(GroupAndOthers);
    }

    [LibraryImport("libc")]
    private static partial void _exit(int code);

    [LibraryImport("libc")]
    private static partial void umask(int mask);
}
