using System.Globalization;
using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>Pages of code that this process has mapped from files.</summary>
public static partial class CodePages
{
    private const int DontNeed = 4;

    /// <summary>
    /// Lets go of code that only the start needed: what runs again comes back from the page cache. Code is never written to, so nothing is lost;
    /// tables that were relocated are, and stay. Does nothing where there is no such thing.
    /// </summary>
    /// <remarks>Half of the resident memory of an idle process is such code.</remarks>
    public static void LetGo()
    {
        if (!OperatingSystem.IsLinux())
            return;

        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            // from-to rwxp offset device inode path
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var range, "r-xp", _, _, not "0", ..])
                LetGo(range);
        }
    }

    private static void LetGo(string range)
    {
        var between = range.IndexOf('-', StringComparison.Ordinal);
        var from = nuint.Parse(range.AsSpan(0, between), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var to = nuint.Parse(range.AsSpan(between + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        _ = madvise(from, to - from, DontNeed);
    }

    [LibraryImport("libc")]
    private static partial int madvise(nuint address, nuint length, int advice);
}
