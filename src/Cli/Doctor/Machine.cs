using System.Globalization;
using System.Runtime.InteropServices;
using ModelOps.Cli.Hosting;
using ModelOps.Cli.Output;

namespace ModelOps.Cli.Doctor;

/// <summary>What the machine has: processor, memory, the limits of a container or a unit, disk.</summary>
internal static class Machine
{
    private const long Gigabyte = 1_000_000_000;
    private const long LeastMemory = Gigabyte;
    private const long LittleDisk = 5 * Gigabyte;
    private const long LeastDisk = Gigabyte / 10;

    private static readonly string[] s_features =
        ["amx_int8", "avx512f", "avx512_vnni", "avx2", "avx", "fma", "f16c", "sse4_2", "sve", "asimddp", "asimd"];

    internal static IEnumerable<Finding> Look(ServeOptions options) =>
        [Processor(), ProcessorLimit(), Memory(options), MemoryLimit(), Disk(options)];

    private static Finding Processor()
    {
        // What the compiler was told of processors is not what this one has, so the system is asked.
        var known = Read("/proc/cpuinfo").Split('\n')
            .FirstOrDefault(line => line.Split(':')[0].TrimEnd() is "flags" or "Features")
            ?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var features = s_features.Where(known.Contains).ToArray();
        var words = $"{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}, {Environment.ProcessorCount} to use, "
            + (features.Length > 0 ? string.Join(" ", features) : "features not known");
        var isSlow = RuntimeInformation.ProcessArchitecture == Architecture.X64 && known.Length > 0 && !known.Contains("avx2");
        return isSlow
            ? new Finding(
                "processor", Verdict.Warning, words,
                "models are slow without AVX2; use a newer machine, or let a virtual one show its processor")
            : Finding.Good("processor", words);
    }

    /// <summary>Less than one processor of a container's limit is felt in every answer.</summary>
    private static Finding ProcessorLimit()
    {
        if (ControlGroups.Processors("/") is not { } processors)
            return Finding.Good("cpu limit", "none");
        var text = string.Create(CultureInfo.InvariantCulture, $"{processors:0.##} processors");
        return processors < 1
            ? new Finding("cpu limit", Verdict.Warning, text, "give the container at least one whole processor")
            : Finding.Good("cpu limit", text);
    }

    private static Finding Memory(ServeOptions options)
    {
        var total = MachineMemory.Current.Bytes;
        var words = $"{HumanText.Bytes(total)}, {HumanText.Bytes(options.Host.MemoryBudget)} of it for models";
        if (options.Host.MemoryBudget > total)
            return new Finding("memory", Verdict.Warning, words, "models may take more than there is; lower memory.limit or --memory");
        return total < LeastMemory
            ? new Finding("memory", Verdict.Warning, words, "only the smallest models fit; give the machine more memory")
            : Finding.Good("memory", words);
    }

    private static Finding MemoryLimit()
    {
        if (MachineMemory.Current.Limit is not { } limit)
            return Finding.Good("memory limit", "none");
        var text = $"{HumanText.Bytes(limit.Bytes)}, {limit.File}";
        return limit.Bytes < LeastMemory
            ? new Finding("memory limit", Verdict.Warning, text, "raise the memory limit of the container or of the unit")
            : Finding.Good("memory limit", text);
    }

    private static Finding Disk(ServeOptions options)
    {
        var folder = options.Store ?? Path.Combine(options.Home, "store");
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above)
            folder = above;
        try
        {
            var free = new DriveInfo(folder).AvailableFreeSpace;
            var words = $"{HumanText.Bytes(free)} free for the store in {folder}";
            return free < LeastDisk ? new Finding("disk", Verdict.Bad, words, "free some, or name another place with OLLAMA_MODELS")
                : free < LittleDisk
                ? new Finding("disk", Verdict.Warning, words, "larger models will not fit; 'modelops gc --dry-run' shows what can go")
                : Finding.Good("disk", words);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new Finding("disk", Verdict.Warning, $"{folder} cannot be looked at: {error.Message}", "see that this user may read it");
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
