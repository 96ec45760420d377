using System.Globalization;

namespace ModelOps.Runtime.Residency;

/// <summary>Memory that a process alone holds, as the kernel counts it. Mapped files are the page cache's and do not count.</summary>
internal static class ProcessMemory
{
    /// <summary>Anonymous bytes with those in swap; 0 when the process is gone or the system does not report them.</summary>
    /// <param name="process">Its number; null is this process.</param>
    internal static long Anonymous(int? process)
    {
        try
        {
            return OperatingSystem.IsLinux()
                ? File.ReadLines($"/proc/{process?.ToString(CultureInfo.InvariantCulture) ?? "self"}/status")
                    .Where(
                        line => line.StartsWith("RssAnon:", StringComparison.Ordinal)
                            || line.StartsWith("VmSwap:", StringComparison.Ordinal))
                    .Sum(
                        line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024)
                : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
