using System.Globalization;

namespace ModelOps.Cli.Hosting;

/// <summary>The memory that models can have here.</summary>
/// <param name="Bytes">That of the machine, or less where a control group allows less.</param>
/// <param name="Limit">The control group that allows less than the machine has; null when none does.</param>
internal sealed record MachineMemory(long Bytes, GroupMemory? Limit)
{
    // Of a container's limit the runtime calls three quarters its own, since it thinks of its heap; models are not in there.
    private const string Table = "proc/meminfo";

    /// <summary>This machine's, now.</summary>
    internal static MachineMemory Current => Of("/");

    /// <param name="root">Where the system's files are.</param>
    internal static MachineMemory Of(string root)
    {
        var whole = Whole(root) ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return ControlGroups.Memory(root) is { } limit && limit.Bytes < whole
            ? new MachineMemory(limit.Bytes, limit)
            : new MachineMemory(whole, Limit: null);
    }

    private static long? Whole(string root)
    {
        try
        {
            return File.ReadLines(Path.Combine(root, Table))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .FirstOrDefault(words => words is ["MemTotal:", _, "kB"]) is [_, var kilobytes, _]
                && long.TryParse(kilobytes, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number * 1024
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
