using Microsoft.Extensions.Logging;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Hosting;
using ModelOps.Runtime.Workers;

namespace ModelOps.Cli.Hosting;

/// <summary>The engine of this machine: in processes of its own, or in this one.</summary>
internal sealed class MachineEngine(ServeOptions options, TimeProvider time)
{
    private readonly EngineOptions _engine = new() { NativeFolder = options.NativeFolder, Processors = Environment.ProcessorCount };

    /// <summary>Packs weights, in a process of its own.</summary>
    internal WorkerQuantizer Quantizer => new(WorkerProgram.OfThisProcess(_engine), time);

    /// <summary>Measures what a load takes, in a process of its own.</summary>
    internal WorkerComputeProbe Probe => new(WorkerProgram.OfThisProcess(_engine), time);

    /// <summary>Brings weights into memory.</summary>
    internal IEngineLoader CreateLoader(ILoggerFactory loggers) => options.InProcess
        ? new LocalEngineLoader(_engine, time, loggers.CreateLogger<LocalEngineLoader>())
        : new WorkerEngineLoader(
            WorkerProgram.OfThisProcess(_engine) with { LoadLimit = options.LoadLimit }, time, loggers.CreateLogger<WorkerEngineLoader>());
}
