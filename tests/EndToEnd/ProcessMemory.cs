using System.Globalization;

namespace ModelOps.EndToEnd;

/// <summary>Memory of a process as the kernel counts it.</summary>
internal static class ProcessMemory
{
    /// <summary>Anonymous kilobytes and those in swap: what the process alone holds.</summary>
    internal static long Anonymous(int process) => Sum(process, "RssAnon:", "VmSwap:");

    /// <summary>Resident kilobytes, mapped files included.</summary>
    internal static long Resident(int process) => Sum(process, "VmRSS:");

    private static long Sum(int process, params string[] fields) => File.ReadLines($"/proc/{process}/status")
        .Where(line => fields.Any(field => line.StartsWith(field, StringComparison.Ordinal)))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture));
}
