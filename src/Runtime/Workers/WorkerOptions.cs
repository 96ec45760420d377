using System.Collections.Immutable;

namespace ModelOps.Runtime.Workers;

/// <summary>How worker processes are started and watched.</summary>
public sealed record WorkerOptions
{
    /// <summary>Argument of a worker that computes with one variant.</summary>
    internal const string OneVariantFlag = "--one-variant";

    /// <summary>Executable that understands the verb <c>worker</c>: as a rule the running one.</summary>
    public required string FileName { get; init; }

    /// <summary>What comes before the worker's own arguments: <c>worker</c>, or a DLL and <c>worker</c>.</summary>
    public ImmutableArray<string> Arguments { get; init; } = ["worker"];

    /// <summary>
    /// Folder in which each worker gets a private folder for its socket. Its path must be short (a socket's path has at most 107 bytes).
    /// </summary>
    public required string SocketFolder { get; init; }

    /// <summary>Folder of native libraries (<c>MODELOPS_LLAMA_DIR</c>); null is those in <c>engines</c> beside the executable.</summary>
    public string? NativeFolder { get; init; }

    /// <summary>As <see cref="Engines.EngineOptions.CpuVariant"/>.</summary>
    public string? CpuVariant { get; init; }

    /// <summary>As <see cref="Engines.EngineOptions.OneVariant"/>.</summary>
    public bool OneVariant { get; init; }

    /// <summary>
    /// Where it is remembered which variant suits which models on this machine, an absolute path; null measures none. Nor is any measured
    /// when <see cref="CpuVariant"/> names one.
    /// </summary>
    public string? VariantFile { get; init; }

    /// <summary>Variants are measured when nothing was asked of a worker for so long.</summary>
    public TimeSpan QuietBeforeTrials { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Share of the processors, 0 to 1, that anything on this machine may use before variants are measured.</summary>
    public double BusyNeighbour { get; init; } = 0.1;

    /// <summary>Processors that a worker may compute with.</summary>
    public required int Processors { get; init; }

    /// <summary>A worker that has not connected by then has failed.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A worker that says nothing for this long hangs, and is killed.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A batch step that takes this long hangs, and its worker is killed.</summary>
    public TimeSpan StepLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A load that makes no progress for this long is given up and its worker killed; <see cref="Timeout.InfiniteTimeSpan"/> never.
    /// </summary>
    public TimeSpan LoadLimit { get; init; } = TimeSpan.FromMinutes(5);
}
