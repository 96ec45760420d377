using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Hosting;
using ModelOps.Runtime.Workers;

namespace ModelOps.Cli.Doctor;

/// <summary>
/// The engine: each of its libraries is loaded once in a process of its own, and says what it is and what it computes on.
/// </summary>
internal static class Engines
{
    private static readonly (string File, string Name)[] s_drivers =
        [("/proc/driver/nvidia/version", "NVIDIA"), ("/dev/kfd", "AMD"), ("/dev/dri/renderD128", "a graphics unit")];

    /// <param name="worker">How a worker is started; null when it cannot be.</param>
    /// <param name="problem">Why it cannot be.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal static async Task<IEnumerable<Finding>> LookAsync(
        WorkerOptions? worker, string problem, TimeProvider time, CancellationToken cancellationToken)
    {
        const string Fix = "publish it again with the engine's libraries beside it, or name their folder with MODELOPS_LLAMA_DIR";
        if (worker is null)
            return [new Finding("engine", Verdict.Bad, problem, Fix)];
        try
        {
            var all = await new WorkerDescriber(worker, time).DescribeAsync(cancellationToken);
            var usable = all.Any(natives => natives.Problem is null);
            return
            [
                .. all.Select(natives => natives.Problem is { } wrong
                    ? new Finding("engine", usable ? Verdict.Warning : Verdict.Bad, $"{natives.Source}: {wrong}", Fix)
                    : Finding.Good("engine", Words(natives))),
                Gpu([.. all.SelectMany(natives => natives.Devices)]),
                .. Tiles(worker),
            ];
        }
        catch (EngineUnavailableException error)
        {
            return [new Finding("engine", Verdict.Bad, error.Message, Fix)];
        }
    }

    private static string Words(EngineNatives natives) =>
        string.Join(", ", new[] { natives.Source, natives.Release, natives.Variant }.Where(word => word is { Length: > 0 }));

    /// <summary>What only some libraries use of the processor, and would be worth having.</summary>
    private static IEnumerable<Finding> Tiles(WorkerOptions worker) =>
        EngineLibrary.LacksTiles(worker.NativeFolder, worker.CpuVariant)
            ?
            [
                new Finding(
                    "cpu", Verdict.Warning,
                    "these libraries do not use the tiles of this processor (AMX), with which prompts take a quarter of the time",
                    "publish with -p:LlamaBackend=both"),
            ]
            : [];

    /// <summary>A graphics unit that no library computes on is a pity, and no fault.</summary>
    private static Finding Gpu(string[] devices)
    {
        var used = devices.Where(device => !device.StartsWith("CPU", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).ToArray();
        if (used.Length > 0)
            return Finding.Good("gpu", string.Join(", ", used));
        var there = s_drivers.FirstOrDefault(driver => File.Exists(driver.File)).Name;
        return there is null
            ? Finding.Good("gpu", "none; models compute on the processor")
            : new Finding(
                "gpu", Verdict.Warning, $"there is a driver of {there}, and these libraries compute on the processor only",
                "publish with -p:LlamaBackend=cuda12, cuda13 or vulkan");
    }
}
