using Microsoft.Extensions.Logging;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Hosting;
using ModelOps.Runtime.Workers;

namespace ModelOps.Cli.Hosting;

/// <summary>The engine of this machine: in processes of its own, or in this one.</summary>
internal sealed class MachineEngine(ServeOptions options, TimeProvider time)
{
    /// <summary>What engines get to know of this machine.</summary>
    internal EngineOptions Options { get; } = new()
    {
        NativeFolder = options.NativeFolder,
        CpuVariant = options.CpuVariant,
        Processors = Environment.ProcessorCount,
    };

    /// <summary>Packs weights, in a process of its own.</summary>
    internal WorkerQuantizer Quantizer => new(Workers, time);

    /// <summary>Measures what a load takes, in a process of its own.</summary>
    internal WorkerComputeProbe Probe => new(Workers, time);

    /// <summary>Brings weights into memory.</summary>
    internal IEngineLoader CreateLoader(ILoggerFactory loggers) => options.InProcess
        ? new LocalEngineLoader(Options, time, loggers.CreateLogger<LocalEngineLoader>())
        : new WorkerEngineLoader(
            Workers with { LoadLimit = options.LoadLimit }, time, loggers.CreateLogger<WorkerEngineLoader>());

    private WorkerOptions Workers =>
        WorkerProgram.OfThisProcess(Options) with { VariantFile = Path.Combine(options.Home, "variants.json") };
}
