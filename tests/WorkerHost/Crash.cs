using System.Runtime.InteropServices;

namespace ModelOps.WorkerHost;

/// <summary>Ways in which native code ends a process.</summary>
internal static partial class Crash
{
    internal static void Now(string how)
    {
        if (how == "abort")
            abort();
        else
            _ = strlen(0);
    }

    [LibraryImport("libc")]
    private static partial void abort();

    [LibraryImport("libc")]
    private static partial nuint strlen(nint text);
}
