using System.Runtime.InteropServices;

namespace ModelOps.ModelStore.Native;

/// <summary>Calls about this process itself that .NET has no method for.</summary>
public static partial class OwnProcess
{
    private const int GroupAndOthers = 0x3F;
    private const int DataLimit = 2;
    private const int SetFlags = 2;
    private const int CloseOnExec = 1;

    /// <summary>Ends the process at once, whatever its threads are doing.</summary>
    public static void ExitNow(int code)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
            _exit(code);
        else
            Environment.Exit(code);
    }

    /// <summary>Number of the user that this process acts as; 0 where users have no numbers.</summary>
    public static uint UserId => OperatingSystem.IsWindows() ? 0 : geteuid();

    /// <summary>
    /// From now on, what this process and its children make is for this user only, unless it is opened to others on purpose.
    /// </summary>
    public static void KeepFilesPrivate()
    {
        if (!OperatingSystem.IsWindows())
            umask(GroupAndOthers);
    }

    /// <summary>
    /// From now on, this process and its children get no more private memory than this: what asks for more fails. Files that are mapped do
    /// not count. Without effect where the system has no such limit.
    /// </summary>
    /// <param name="bytes">The limit.</param>
    public static void LimitMemory(long bytes)
    {
        if (OperatingSystem.IsLinux())
            setrlimit(DataLimit, new Limit((nuint)bytes, (nuint)bytes));
    }

    /// <summary>From now on, processes that this one starts do not get a file of its own that it was handed.</summary>
    /// <param name="descriptor">The file's number.</param>
    public static void KeepFromChildren(int descriptor)
    {
        if (!OperatingSystem.IsWindows())
            fcntl(descriptor, SetFlags, CloseOnExec);
    }

    /// <summary>Sets a variable of the environment also for native code, which .NET keeps apart.</summary>
    public static void SetVariable(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (!OperatingSystem.IsWindows())
            setenv(name, value, 1);
    }

    [LibraryImport("libc")]
    private static partial void _exit(int code);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, in Limit limit);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc")]
    private static partial void fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial void umask(int mask);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(nuint Soft, nuint Hard);
}
